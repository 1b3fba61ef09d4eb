// Which way a text runs. One Arabic word at the start of an English line does not turn the line round. Pure.

const NOT_WORDS = /```[\s\S]*?```|`[^`]*`|<[^>\s]*>|https?:\/\/\S+/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/gu;

/** The direction most of the letters have; code, addresses and mentions do not count. */
export function directionOf(text: string): "ltr" | "rtl" {
  const words = text.replace(NOT_WORDS, "");
  const leftward = words.match(RIGHT_TO_LEFT)?.length ?? 0;
  const letters = words.match(/\p{L}/gu)?.length ?? 0;
  return leftward * 2 > letters ? "rtl" : "ltr";
}
