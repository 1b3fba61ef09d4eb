// Writes icons.ts anew from @tabler/icons: only what the page uses, so that nobody installs six thousand files for it.
// Run by `npm run icons`, after adding a name here.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const NAMES = [
  "alert-triangle", "at", "check", "chevron-down", "clock-pause", "copy", "corner-up-left", "dots", "external-link", "eye",
  "file", "hash", "hourglass", "id", "inbox", "logout", "menu-2", "message-circle", "mood-empty", "paperclip", "pencil", "photo",
  "plus", "robot", "search", "send-2", "shield", "speakerphone", "switch-horizontal", "trash", "user", "user-minus", "user-plus", "users", "x", "hammer",
];

const require = createRequire(import.meta.url);
const nodes = require("@tabler/icons/tabler-nodes-outline.json");
const { version } = require("@tabler/icons/package.json");

const lines = NAMES.toSorted().map((name) => {
  const paths = nodes[name].map(([tag, { d }]) => {
    if (tag !== "path") throw new Error(`${name} holds a ${tag}`);
    return d;
  });
  return `  ${JSON.stringify(name)}: ${JSON.stringify(paths.join(""))},`;
});
const text = `// Made by take.mjs from @tabler/icons ${version} (MIT, Paweł Kuna). Not written by hand.\n\nexport const ICONS = {\n${lines.join("\n")}\n} as const;\n`;
writeFileSync(new URL("icons.ts", import.meta.url), text);
