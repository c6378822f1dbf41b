// The talk: it looks at the simulator again and again, shows what is new, and sends what is written.

import { ask, isTelegram, keyOf, me, notify, onNotice, onSaid, say, tell } from "./api.js";
import { contentOf, summary } from "./bubbles.js";
import { at, el, icon } from "./dom.js";
import { act, actions, attach, files } from "./sheets.js";
import * as telegram from "./telegram.js";
import { record } from "./voice.js";
import * as world from "./world.js";

const PAUSE = 300; // between two looks, in milliseconds
const NEAR = 80; // how far from the end one still reads the newest, in pixels
const SWIPE = 60; // how far a finger moves a message to answer it, in pixels
const TICKS = { accepted: "\u25CB", sent: "\u2713", delivered: "\u2713\u2713", read: "\u2713\u2713", failed: "!" };
const HELLOS = { whatsapp: ["hi", "menu", "help"], telegram: ["/start", "hi", "help"] };

const chat = at("chat");
const shown = new Map();
let whose = "";
let last = "";
let unseen = 0;
let context = null; // the message that the next one quotes
let editing = null; // the message that the next one replaces

// -- what the lines say together: reactions, edits and deletions belong to an earlier message ------------------

function compose(lines) {
  const messages = new Map();
  for (const line of lines) {
    const { type, [type]: given } = line.content;
    const target = messages.get(given?.message_id ?? given?.original_message_id);
    if (type === "reaction" && target && line.status !== "failed") target.reactions[line.direction] = given.emoji ?? "";
    else if (type === "edit" && target && given.message?.text) Object.assign(target, { edited: given.message });
    else if (type === "revoke" && target) target.revoked = true;
    else messages.set(line.id, { line, reactions: { ...line.given }, edited: null, revoked: false });
  }
  return messages;
}

function quoteOf({ content }, messages) {
  const about = content.context ?? {};
  if (about.forwarded || about.frequently_forwarded) return el("small", { class: "forwarded" }, "Forwarded");
  const id = about.message_id ?? about.id;
  if (!id || ["interactive", "button"].includes(content.type)) return null;
  const quoted = messages.get(id);
  return el("button", { type: "button", class: "quote", onclick: () => shown.get(id)?.item.scrollIntoView({ block: "center" }) },
    el("b", {}, quoted?.line.direction === "in" ? "You" : "Your bot"),
    el("span", {}, quoted ? summary(quoted.line) : "A message that is not here"));
}

function bubble({ line, edited, revoked }, messages) {
  const current = edited ? { ...line, text: edited.text.body, content: edited } : line;
  const content = revoked ? [el("p", { class: "note" }, "You deleted this message")] : contentOf(current, act);
  const item = el("li", { class: `${line.direction} ${line.content.type}` },
    el("span", { class: "hidden" }, line.direction === "in" ? "You: " : "Your bot: "),
    !revoked && quoteOf(line, messages), content,
    el("small", { class: "meta" }), el("div", { class: "reaction", hidden: true }),
    !revoked && el("button", { type: "button", class: "plain more", "aria-label": "What to do with this message",
      onclick: () => open(line.id) }, icon("more")));
  swipe(item, line.id);
  return item;
}

function mark(item, { line, reactions, edited }) {
  const time = new Date(line.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const why = line.error ? ` ${line.error.code}: ${line.error.error_data?.details ?? line.error.title}` : "";
  const label = `${edited || line.edited ? "edited " : ""}${time}`;
  const told = JSON.stringify([label, line.status, why, reactions]);
  if (item.dataset.told === told) return;
  item.dataset.told = told;
  const meta = item.querySelector(".meta");
  meta.replaceChildren(`${label} `, el("span", { class: `ticks ${line.status}`, "aria-hidden": "true" }, TICKS[line.status] ?? ""),
    el("span", { class: why ? "why" : "hidden" }, `${line.status}${why}`));
  const given = Object.values(reactions).filter(Boolean);
  const chip = item.querySelector(".reaction");
  chip.hidden = given.length === 0;
  item.classList.toggle("reacted", given.length > 0);
  chip.replaceChildren(el("span", { class: "hidden" }, "Reactions: "), given.join(" "));
}

function swipe(item, id) {
  let from = null;
  item.addEventListener("touchstart", ({ touches: [finger] }) => { from = finger.clientX; }, { passive: true });
  item.addEventListener("touchmove", ({ touches: [finger] }) => {
    const moved = Math.max(0, Math.min(SWIPE + 10, finger.clientX - from));
    item.style.translate = moved > 12 ? `${moved}px` : "";
  }, { passive: true });
  item.addEventListener("touchend", ({ changedTouches: [finger] }) => {
    item.style.translate = "";
    if (finger.clientX - from > SWIPE) reply(shown.get(id).message.line);
  });
}

function open(id) {
  const { line, reactions } = shown.get(id).message;
  actions(line, { reacted: reactions.in ?? line.own ?? "", reply: () => reply(line), edit: () => edit(line) });
}

// -- the list ------------------------------------------------------------------------------------------------

const isNearEnd = () => chat.scrollHeight - chat.scrollTop - chat.clientHeight < NEAR;
let stays = true; // whether the newest message stays in sight

function toEnd() {
  chat.scrollTop = chat.scrollHeight;
  stays = true;
  unseen = 0;
  at("newer").hidden = true;
}

function dayOf(line) {
  return new Date(line.at * 1000).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

function show(lines) {
  const messages = compose(lines);
  const isOther = whose !== keyOf(me()) || [...shown.keys()].some((id) => !messages.has(id));
  if (isOther) {
    at("lines").replaceChildren();
    shown.clear();
    whose = keyOf(me());
  }
  let [day, before] = ["", null];
  const fresh = [];
  for (const [id, message] of messages) {
    const { line, edited, revoked } = message;
    const sign = JSON.stringify([{ ...line.content, ...(line.given ? { telegram: line.message } : {}) }, edited, revoked]);
    const old = shown.get(id);
    if (old?.sign === sign) Object.assign(old, { message });
    else {
      const item = bubble(message, messages);
      if (old) old.item.replaceWith(item);
      else {
        at("lines").append(...(dayOf(line) === day ? [] : [el("li", { class: "day" }, dayOf(line))]), item);
        fresh.push(line);
      }
      shown.set(id, { item, sign, message });
    }
    day = dayOf(line);
    before = shown.get(id).item;
    mark(before, message);
  }
  at("empty").hidden = messages.size > 0;
  if (isOther || stays || fresh.some(({ direction }) => direction === "in")) return toEnd();
  unseen += fresh.length;
  at("newer").hidden = unseen === 0;
  world.write(at("newer"), unseen === 1 ? "1 new message" : `${unseen} new messages`);
}

function emptyState() {
  const { id, name } = me();
  const [what, network, hellos] = isTelegram() ? ["id", "Telegram", HELLOS.telegram] : ["number", "WhatsApp", HELLOS.whatsapp];
  at("empty").replaceChildren(
    el("h2", {}, "Say hello to your bot"),
    el("p", {}, `You are ${name || "a contact"}, and your ${what} is ${id}. Write below, and the bot answers as it does on ${network}.`),
    el("div", { class: "hellos" }, hellos.map((text) => el("button", { type: "button", class: "choice",
      onclick: () => tell({ text }) }, text))),
    el("p", {}, "The plus sends pictures, files, places and cards. The panel has other contacts, lets a day pass, and breaks things."));
}

let trouble = "";
let [turns, newest] = [0, 0]; // two looks may be under way: the older one must not undo the newer one

// Tell a trouble once, and take it back when it is over. What a sent message tells meanwhile stays.
function report(now) {
  if (now !== trouble) notify(now);
  trouble = now;
}

async function look() {
  const { id, channel = "whatsapp" } = me();
  const [asked, turn] = [keyOf(me()), ++turns];
  let phone;
  try { phone = await ask(`/sim/phone?contact=${encodeURIComponent(id)}&channel=${channel}`); } catch (error) { return report(error.message); }
  if (asked !== keyOf(me()) || turn < newest) return undefined;
  newest = turn;
  report(phone.webhook ? "" : isTelegram() ? "No bot asks for updates on Telegram, and none has a webhook there."
    : "No bot is connected: start the simulator with --webhook.");
  world.show(phone);
  telegram.showBelow(phone, act);
  telegram.showAnswers(asked, phone.lines);
  const lines = isTelegram() ? telegram.linesOf(phone) : phone.lines;
  const now = JSON.stringify([asked, lines]);
  if (now !== last) { last = now; emptyState(); show(lines); }
  if (at("typing").hidden === phone.typing) { at("typing").hidden = !phone.typing; if (stays) toEnd(); }
  return undefined;
}

// -- the composer --------------------------------------------------------------------------------------------

const text = at("text");

function about(title, line) {
  at("quoting").hidden = false;
  at("quoting").replaceChildren(el("div", {}, el("b", {}, title), el("span", {}, summary(line))),
    el("button", { type: "button", class: "plain", "aria-label": "Do not do that", onclick: plainly }, icon("close")));
  text.focus();
}

function reply(line) { plainly(); context = { id: line.id }; about("Reply to", line); }

function edit(line) { plainly(); editing = line; about("Edit", line); text.value = line.text; grow(); }

function plainly() { context = editing = null; at("quoting").hidden = true; text.focus(); }

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 150)}px`;
  const isEmpty = !text.value.trim();
  at("send").hidden = isEmpty;
  at("record").hidden = !isEmpty;
}

async function send() {
  const body = text.value;
  if (!body.trim()) return;
  const order = editing
    ? { message: { type: "edit", edit: { original_message_id: editing.id, message: { type: "text", text: { body } } } } }
    : { text: body, ...(context ? { context } : {}) };
  const kept = { context, editing };
  text.value = "";
  plainly();
  grow();
  try { await say(order); } catch (error) {
    notify(error.message);
    if (text.value) return;
    text.value = body; // so that nothing that was written is lost
    ({ context, editing } = kept);
    grow();
  }
}

function sent() { const quoted = context; plainly(); return quoted; }

at("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  if (event.key === "Escape") plainly();
});
at("attach").addEventListener("click", () => attach(sent()));
at("record").addEventListener("click", () => record(at("record"), sent()));
document.addEventListener("paste", ({ clipboardData }) => files([...clipboardData.files], undefined, context));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { event.preventDefault(); files([...event.dataTransfer.files], undefined, sent()); });
chat.addEventListener("scroll", () => { stays = isNearEnd(); if (stays) { unseen = 0; at("newer").hidden = true; } });
at("newer").addEventListener("click", () => { toEnd(); text.focus(); });
// A picture that arrives makes its message taller, and a quote over the composer makes the talk shorter.
const follow = new ResizeObserver(() => { if (stays) chat.scrollTop = chat.scrollHeight; });
follow.observe(at("lines"));
follow.observe(chat);
onSaid(look);
onNotice((words) => world.write(at("notice"), words));
at("attach").append(icon("plus"));
at("record").append(icon("mic"));
at("send").append(icon("send"));
world.begin(() => { last = ""; look(); });
(async function watch() {
  await look().catch((error) => notify(`The page has a fault: ${error.message}`));
  setTimeout(watch, PAUSE);
})();
