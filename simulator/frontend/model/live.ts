// The line on which the simulator tells what happens. It is taken up again when it breaks.

import { arrive, look, refreshDirectory } from "./arrive";
import { arrived } from "./reading";
import * as store from "./store";
import { setSimulatorNow } from "./times";
import type { Frame, Message } from "./types";

const TYPING_MS = 10_000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 4_000;

let socket: WebSocket | null = null;
let listener: string | null = null;
let epoch: string | number | null = null;
let wait = FIRST_WAIT_MS;

/** Hear what this person would; does nothing if that is so already. */
export function listen(userId: string, known: string | number): void {
  epoch = known;
  if (listener === userId && socket) return;
  listener = userId;
  const old = socket;
  socket = null;
  old?.close();
  connect(userId);
}

function connect(userId: string): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const opened = new WebSocket(`${scheme}://${location.host}/_sim/live?user_id=${userId}`);
  socket = opened;
  opened.onmessage = (event) => {
    if (socket === opened) void hear(JSON.parse(String(event.data)) as Frame);
  };
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    void retry(userId);
  };
}

async function retry(userId: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, wait));
  if (listener !== userId || socket) return;
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  try {
    // Asking first keeps the attempt quiet while nobody is there to answer.
    await refreshDirectory();
  } catch {
    store.away.value = true;
    void retry(userId);
    return;
  }
  if (listener === userId && !socket) connect(userId);
}

async function hear(frame: Frame): Promise<void> {
  try {
    await ACTS[frame.type]?.(frame as never);
  } catch {
    store.away.value = true;
  }
}

const ACTS: { [Kind in Frame["type"]]: (frame: Extract<Frame, { type: Kind }>) => unknown } = {
  hello: async (frame) => {
    wait = FIRST_WAIT_MS;
    setSimulatorNow(frame.now);
    store.away.value = false;
    await (frame.epoch === epoch ? look() : arrive());
  },
  message: ({ message }) => {
    if (message.channel_id === store.channelId.value) {
      if (!store.messages.value.has(message.id)) arrived(message);
      store.merge([message]);
    } else if (message.author_id !== store.viewer()?.id) noteUnread(message, store.callsMe(message));
    if (store.typing.value.has(`${message.channel_id}/${message.author_id}`)) stopTyping(`${message.channel_id}/${message.author_id}`);
  },
  deleted: ({ channel_id, ids }) => {
    if (channel_id === store.channelId.value) store.forget(ids);
  },
  directory: () => refreshDirectory(),
  typing: ({ channel_id, user_id }) => {
    const key = `${channel_id}/${user_id}`;
    const until = Date.now() + TYPING_MS;
    store.typing.value = new Map([...store.typing.value, [key, until]]);
    setTimeout(() => {
      if (store.typing.value.get(key) === until) stopTyping(key);
    }, TYPING_MS);
  },
  clock: ({ now }) => setSimulatorNow(now),
};

function noteUnread(message: Message, mine: boolean): void {
  const { channel_id: channelId, id } = message;
  const count = (store.unread.value.get(channelId) ?? 0) + Number(mine);
  store.unread.value = new Map([...store.unread.value, [channelId, count]]);
  if (!store.firstUnread.value.has(channelId)) store.firstUnread.value = new Map([...store.firstUnread.value, [channelId, id]]);
}

function stopTyping(key: string): void {
  store.typing.value = new Map([...store.typing.value].filter(([each]) => each !== key));
}
