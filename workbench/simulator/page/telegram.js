// What Telegram shows otherwise than WhatsApp: messages as its Bot API has them, keyboards, and answers to taps.

import { isTelegram } from "./api.js";
import { film, json, note, paper, picture, place, sound } from "./bubbles.js";
import { at, el, icon, sheet } from "./dom.js";
import { choice } from "./offers.js";
import { anchor, isBig } from "./words.js";

const TOAST = 4000; // how long the answer to a tap is shown, in milliseconds

const file = (one, more = {}) => ({ ...one, id: one.file_id, filename: one.file_name, ...more });

const SHOWN = {
  photo: (sizes, message) => [picture(file(sizes.at(-1), { caption: message.caption })), says(message)],
  video: (one, message) => [film(file(one)), says(message)],
  animation: (one, message) => [film(file(one)), says(message)],
  video_note: (one) => [film(file(one))],
  audio: (one, message) => [sound(file(one)), says(message)],
  voice: (one, message) => [sound(file(one, { voice: true })), says(message)],
  document: (one, message) => [paper(file(one)), says(message)],
  sticker: (one) => [picture(file(one), "sticker")],
  venue: ({ location, title, address }) => [place({ ...location, name: title, address })],
  location: (one) => [place(one)],
  contact: ({ first_name: first, last_name: last, phone_number: number }) => [card([first, last].filter(Boolean).join(" "), number)],
  poll: ({ question, options }) => [el("p", { class: "heading" }, question), el("ul", {},
    options.map(({ text }) => el("li", { class: "item" }, text)))],
  dice: ({ emoji, value }) => [el("p", { class: "words big" }, emoji), note(String(value))],
  text: (_, message) => [says(message)],
};

// The lines of the talk in the shape that the page knows. A phone shows no taps.
export function linesOf(phone) {
  return phone.lines.filter(({ tapped }) => !tapped).map((line) => ({
    ...line,
    given: Object.fromEntries(Object.entries(line.reactions).map(([who, emoji]) => [who, emoji.join("")])),
    own: line.reactions[ownOf(line.contact)]?.[0],
    content: { type: "telegram", telegram: line, context: aroundOf(line) },
  }));
}

const ownOf = (contact) => String(contact).split(".")[1] ?? String(contact);

function aroundOf({ chat, message }) {
  if (message.forward_origin) return { forwarded: true };
  const quoted = message.reply_to_message?.message_id;
  return quoted ? { id: `${chat}.${quoted}` } : {};
}

export function contentOf({ kind, message, name, direction }, line, act) {
  const shown = SHOWN[kind];
  const who = direction === "in" && message.chat.type !== "private" && el("small", { class: "sender" }, name);
  return [who, shown ? shown(message[kind], message) : [note(kind.replaceAll("_", " ")), json(message)],
    (message.reply_markup?.inline_keyboard ?? []).map((row) => el("div", { class: "keys" },
      row.map((button) => under(button, line, act))))];
}

function under(button, line, act) {
  const { text, url, callback_data: data } = button;
  if (url) {
    const shown = anchor(url, icon("link"), text);
    shown.classList.add("choice");
    return shown;
  }
  if (button.copy_text) return choice(text, "file", () => act.copy(button.copy_text.text));
  return choice(text, "", () => act.say({ tap: data ?? text, context: { id: line.id } }));
}

const card = (name, number) => el("div", { class: "card" }, el("span", { class: "avatar", "aria-hidden": "true" }, name.slice(0, 1)),
  el("span", {}, el("b", {}, name), el("small", {}, `+${String(number).replace(/^\+/u, "")}`)));

// -- words with their entities. Their places count UTF-16 units, as those of JavaScript do. ---------------------

function says(message) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  return el("p", { class: isBig(text) ? "words big" : "words" },
    formatted(text, message.entities ?? message.caption_entities ?? []));
}

const FORMATS = {
  bold: (inner) => el("b", {}, inner),
  italic: (inner) => el("i", {}, inner),
  underline: (inner) => el("u", {}, inner),
  strikethrough: (inner) => el("s", {}, inner),
  spoiler: (inner) => el("span", { class: "spoiler", tabindex: "0" }, inner),
  code: (inner) => el("code", {}, inner),
  pre: (inner) => el("code", { class: "block" }, inner),
  blockquote: (inner) => el("q", {}, inner),
  expandable_blockquote: (inner) => el("q", {}, inner),
  text_link: (inner, _, { url }) => anchor(url, inner),
  url: (inner, words) => anchor(/^[a-z]+:/iu.test(words) ? words : `https://${words}`, inner),
  email: (inner, words) => anchor(`mailto:${words}`, inner),
  phone_number: (inner, words) => anchor(`tel:${words}`, inner),
};

export function formatted(text, entities, from = 0, to = text.length) {
  const shown = [];
  let done = from;
  const within = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  while (within.length) {
    const one = within.shift();
    const [begin, end] = [Math.max(one.offset, from), Math.min(one.offset + one.length, to)];
    if (begin < done || end <= begin) continue;
    const inner = within.filter((other) => other.offset >= begin && other.offset < end);
    shown.push(text.slice(done, begin));
    const format = FORMATS[one.type] ?? ((words) => el("span", { class: "mention" }, words));
    shown.push(format(formatted(text, inner, begin, end), text.slice(begin, end), one));
    done = end;
  }
  return [...shown, text.slice(done, to)];
}

// -- below the talk: the keyboard of the bot, or what one must do first ------------------------------------------

let below = "";

export function showBelow(phone, act) {
  const keyboard = isTelegram() ? phone.keyboard : null;
  const first = isTelegram() && (phone.blocked ? "Unblock your bot" : !phone.started && "Start");
  const now = JSON.stringify([keyboard, first]);
  if (now === below) return;
  below = now;
  const start = first && choice(first, "send", () => act.say({ start: "" }));
  const rows = (keyboard?.keyboard ?? []).map((row) => el("div", { class: "keys" }, row.map((button) => key(button, act))));
  at("below").replaceChildren(...(first ? [start] : rows));
  at("below").hidden = !first && rows.length === 0;
  at("text").placeholder = keyboard?.input_field_placeholder ?? "Message";
}

function key(button, act) {
  const { text = button, request_location: asksPlace, request_contact: asksCard } = button;
  return choice(text, asksPlace ? "pin" : asksCard ? "person" : "", () => act.say({ tap: text }));
}

// -- what a tap was answered -------------------------------------------------------------------------------------

let [whose, told] = ["", new Set()];

export function showAnswers(key_, lines) {
  const answered = lines.filter(({ tapped, answer }) => tapped && answer);
  const fresh = answered.filter(({ id }) => !told.has(id));
  const isFirstLook = whose !== key_;
  [whose, told] = [key_, new Set(answered.map(({ id }) => id))];
  if (isFirstLook) return;
  for (const { answer } of fresh) {
    if (!answer.text) continue;
    if (answer.show_alert) sheet("Your bot says", el("p", {}, answer.text));
    else toast(answer.text);
  }
}

let fading;

function toast(text) {
  at("toast").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { at("toast").textContent = ""; }, TOAST);
}
