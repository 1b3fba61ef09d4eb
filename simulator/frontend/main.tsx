// The page to play on.

import "./styles/tokens.css";
import "./styles/frame.css";
import "./styles/message.css";
import "./styles/text.css";
import "./styles/controls.css";
import "./styles/composer.css";
import "./styles/narrow.css";

import { render } from "preact";
import { arrive } from "./model/arrive";
import { startReading } from "./model/reading";
import * as store from "./model/store";
import { startBeat } from "./model/times";
import { App } from "./page/App";

const RETRY_MS = 1_000;

async function begin(): Promise<void> {
  try {
    await arrive();
  } catch {
    store.away.value = true;
    setTimeout(() => void begin(), RETRY_MS);
  }
}

const root = document.getElementById("page");
if (root) render(<App />, root);
window.addEventListener("hashchange", () => void begin());
startBeat();
startReading();
void begin();
