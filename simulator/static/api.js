// The control API. A refusal becomes an Error whose message is the simulator's sentence.

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The simulator answered ${response.status}.`);
  return body;
}

async function get(path, query) {
  return answerOf(await fetch(`${path}?${new URLSearchParams(query)}`));
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const fetchDirectory = (userId) => get("/_sim/directory", userId ? { user_id: userId } : {});
export const fetchView = (channelId, userId, after) =>
  get("/_sim/view", { channel_id: channelId, user_id: userId, after });
export const postMessage = (body) => post("/_sim/messages", body);
export const runCommand = (body) => post("/_sim/commands", body);
