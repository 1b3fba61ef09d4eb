import { defineConfig } from "vite";

const here = (path: string) => decodeURIComponent(new URL(path, import.meta.url).pathname);

// The server writes the page and reads the manifest (simulator/page/assets.py), so there is no index.html here.
export default defineConfig({
  root: here("."),
  base: "/static/",
  build: {
    outDir: here("../static"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Named, so that the minifier leaves newer CSS (relative colours) as it is written.
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    rollupOptions: { input: here("main.tsx") },
  },
});
