// The control API of the simulator, and who the person at the page is.

import { ofTelegram } from "./orders.js";

const SILENT = "The simulator does not answer.";

export async function ask(path, order) {
  let answer;
  const request = order === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  };
  try { answer = await fetch(path, request); } catch { throw new Error(SILENT); }
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

function kept(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(`rejoinder.${name}`)) ?? otherwise; } catch { return otherwise; }
}

export function keep(name, value) {
  try { localStorage.setItem(`rejoinder.${name}`, JSON.stringify(value)); } catch { /* a private window */ }
}

export const mine = {
  people: kept("people", [{ id: "491700000001", name: "Ada" }]),
  id: kept("me", "491700000001"),
  seen: kept("seen", {}),
  answers: kept("answers", {}),
};

// People of both networks are on one list, and may have the same digits.
export const keyOf = ({ channel, id }) => (channel === "telegram" ? `telegram:${id}` : id);

export const me = () => mine.people.find((one) => keyOf(one) === mine.id) ?? { id: mine.id, name: "" };
export const isTelegram = () => me().channel === "telegram";

export function become(person) {
  const place = mine.people.findIndex((one) => keyOf(one) === keyOf(person));
  mine.people = place < 0 ? [...mine.people, person] : mine.people.with(place, person);
  mine.id = keyOf(person);
  keep("people", mine.people);
  keep("me", mine.id);
}

const after = new EventTarget();
export const onSaid = (listener) => after.addEventListener("said", listener);
export const notify = (text) => after.dispatchEvent(new CustomEvent("notice", { detail: text }));
export const onNotice = (listener) => after.addEventListener("notice", (event) => listener(event.detail));

// Say something as this person. The transcript has it at once, and the answer comes after the first delivery.
export async function say(order) {
  const { id, name } = me();
  const own = isTelegram() ? { channel: "telegram", ...ofTelegram(order) } : order;
  const named = name && !String(id).includes(".") ? { name } : {};
  const asked = ask("/sim/say", { from: id, ...named, ...own });
  setTimeout(() => after.dispatchEvent(new Event("said")), 30);
  const result = await asked;
  notify(troubleOf(result));
  after.dispatchEvent(new Event("said"));
}

function troubleOf({ status, error, told }) {
  if (told === false) return "Your bot does not see this.";
  if (status === 200 || (told && !error && status === null)) return "";
  return `The webhook answered ${status ?? error}; it will be tried again.`;
}

// The same for a click, where nobody waits for an error.
export const tell = (order) => say(order).catch((error) => notify(error.message));

export async function encoded(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let n = 0; n < bytes.length; n += 0x8000) text += String.fromCharCode(...bytes.subarray(n, n + 0x8000));
  return btoa(text);
}
