// The control API of the simulator, and who the person at the page is.

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

export const me = () => mine.people.find((one) => one.id === mine.id) ?? { id: mine.id, name: "" };

export function become(person) {
  const place = mine.people.findIndex((one) => one.id === person.id);
  mine.people = place < 0 ? [...mine.people, person] : mine.people.with(place, person);
  mine.id = person.id;
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
  const asked = ask("/sim/say", { from: id, ...(name ? { name } : {}), ...order });
  setTimeout(() => after.dispatchEvent(new Event("said")), 30);
  const result = await asked;
  notify(result.status === 200 ? "" : `The webhook answered ${result.status ?? result.error}; it will be tried again.`);
  after.dispatchEvent(new Event("said"));
}

// The same for a click, where nobody waits for an error.
export const tell = (order) => say(order).catch((error) => notify(error.message));

export async function encoded(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let n = 0; n < bytes.length; n += 0x8000) text += String.fromCharCode(...bytes.subarray(n, n + 0x8000));
  return btoa(text);
}
