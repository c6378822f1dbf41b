// The panel beside the talk: who one is, what time it is at WhatsApp, and what goes wrong there.

import { ask, become, isTelegram, keep, keyOf, mine, notify } from "./api.js";
import { at, el, icon } from "./dom.js";
import { newPerson } from "./sheets.js";
import * as templates from "./templates.js";

const SENDING = [
  ["", "nothing goes wrong", null],
  ["busy", "the network says: too fast", { kind: "error", code: 130429 }],
  ["broken", "the network is down (HTTP 503)", { kind: "http", status: 503 }],
  ["silent", "it arrives, but the answer is lost", { kind: "accept_no_answer", hang_seconds: 1 }],
  ["token", "the token is refused", { kind: "error", code: 190 }],
];
const FLAGS = [
  ["twice", "Your bot gets everything twice", "webhook", { duplicate: true }],
  ["disorder", "Your bot gets things out of order", "webhook", { disorder: true }],
  ["undelivered", "Messages cannot be delivered (131026)", "status", { failed: 131026 }],
  ["noStatus", "No statuses come", "status", { drop: true }],
  ["oddStatus", "Statuses come last first", "status", { disorder: true }],
];
const OF_TELEGRAM = { 130429: { code: 429, retry_after: 1 }, 190: { code: 401 } }; // the errors that mean the same there
const BROKEN = [
  ["", "everything is well"],
  ["token_expired", "the access token has expired"],
  ["not_subscribed", "the account is not subscribed to the app"],
  ["not_registered", "the number is not registered"],
  ["template_paused", "the templates are paused"],
  ["quality_red", "contacts rate the number badly"],
  ["payment_trouble", "the payment method has a problem"],
];

let changed = () => {};
let planted = "";

export function begin(onChange) {
  changed = onChange;
  at("open-panel").append(icon("menu"));
  at("close-panel").append(icon("close"));
  at("open-panel").addEventListener("click", () => open(true));
  at("close-panel").addEventListener("click", () => open(false));
  at("panel").addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
  at("new-person").addEventListener("click", () => newPerson(() => { open(false); changed(); }));
  at("reset").addEventListener("click", reset);
  templates.begin();
  for (const button of document.querySelectorAll("[data-passes]")) {
    button.addEventListener("click", () => order("/sim/clock", { advance_seconds: Number(button.dataset.passes) }));
  }
  at("faults-form").append(
    el("label", { class: "field" }, "When your bot sends,", el("select", { name: "sending" },
      SENDING.map(([value, label]) => el("option", { value }, label)))),
    ...FLAGS.map(([name, label]) => el("label", { class: "check" }, el("input", { type: "checkbox", name }), label)),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "rarely" }), "Only sometimes, 3 times in 10"));
  at("health-form").append(el("label", { class: "field" }, "Break something for the doctor", el("select", { name: "broken" },
    BROKEN.map(([value, label]) => el("option", { value }, label)))));
  at("health-form").addEventListener("change", ({ target }) => order("/sim/health", { break: target.value }));
  at("faults-form").addEventListener("change", () => order("/sim/faults", chosen(at("faults-form").elements)));
}

function open(is) {
  document.body.classList.toggle("panel", is);
  at("open-panel").setAttribute("aria-expanded", String(is));
  document.querySelector("main").inert = is;
  (is ? at("close-panel") : at("open-panel")).focus();
}

async function order(path, what) {
  try { await ask(path, what); } catch (error) { notify(error.message); }
  changed();
}

function reset() {
  if (confirm("Forget every talk, every message and every fault?")) order("/sim/reset", {});
}

function chosen(elements) {
  const share = elements.rarely.checked ? { share: 0.3 } : {};
  const faults = { webhook: null, status: null };
  for (const [name, , kind, options] of FLAGS) {
    if (elements[name].checked) faults[kind] = { kind, ...faults[kind], ...options };
  }
  const sending = SENDING.find(([value]) => value === elements.sending.value)[2];
  return [sending, faults.webhook, faults.status].filter(Boolean).map((one) => ({ ...here(one), times: null, ...share }));
}

// A fault strikes the network on which one is.
const here = (fault) => (isTelegram() ? { ...fault, channel: "telegram", ...OF_TELEGRAM[fault.code] } : fault);

// Show the faults as the simulator has them: another program, or another tab, may have planted them.
function showFaults(faults) {
  const now = JSON.stringify(faults);
  if (now === planted) return;
  planted = now;
  const { elements } = at("faults-form");
  const is = ([, , wanted]) => wanted && faults.some((one) => one.kind === wanted.kind && one.code === here(wanted).code);
  elements.sending.value = SENDING.find(is)?.[0] ?? "";
  for (const [name, , kind, options] of FLAGS) {
    const [key] = Object.keys(options);
    elements[name].checked = faults.some((one) => one.kind === kind && one[key]);
  }
  elements.rarely.checked = faults.some((one) => one.share);
}

let broken = "";

function showBroken(now) {
  if (now === broken) return;
  broken = now;
  at("health-form").elements.broken.value = now;
}

const hours = (seconds) => (seconds >= 7200 ? `${Math.floor(seconds / 3600)} h`
  : seconds >= 3600 ? "1 h" : `${Math.max(1, Math.floor(seconds / 60))} min`);

export function show(phone) {
  const left = phone.window_closes_at - phone.now;
  const state = at("window");
  const told = isTelegram() ? (phone.blocked ? "You blocked the bot" : "On Telegram") : left > 0 ? `Window open, ${hours(left)} left` : phone.window_closes_at ? "Window closed" : "No window yet";
  state.className = left > 0 || (isTelegram() && !phone.blocked) ? "open" : "closed";
  write(state, phone.faults.length ? `${told} \u00b7 ${phone.faults.length} fault${phone.faults.length > 1 ? "s" : ""} on` : told);
  const free = (phone.free_until ?? 0) - phone.now;
  state.title = isTelegram() ? "Telegram has no window of 24 hours: the bot may write at any time." : free > 0 ? `You came from an advertisement: everything to you is free for ${hours(free)}.`
    : "Within 24 hours after your last message the bot may write anything. After that, only templates arrive.";
  write(at("number"), isTelegram() ? `${phone.title ? `${phone.title}, ` : ""}${phone.number}` : `+${phone.number}`);
  write(at("now"), new Date(phone.now * 1000).toLocaleString([], { weekday: "long", day: "numeric", month: "long",
    hour: "2-digit", minute: "2-digit" }));
  at("marketing").hidden = isTelegram();
  showFaults(phone.faults);
  templates.show(phone);
  showBroken(phone.broken);
  showPeople(phone.people);
}

export const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };

let people = "";

function showPeople(known) {
  const heard = Object.fromEntries(known.map((one) => [keyOf(one), one]));
  const others = known.filter((one) => !mine.people.some((mine_) => keyOf(mine_) === keyOf(one)));
  const all = [...mine.people, ...others.map(({ id, name, channel }) => ({ id, name: name ?? "", channel }))]
    .map((one) => ({ ...one, key: keyOf(one) }));
  mine.seen[mine.id] = heard[mine.id]?.heard ?? 0;
  keep("seen", mine.seen);
  const entries = all.map((one) => ({ ...one, text: heard[one.key]?.text ?? "", unread:
    Math.max(0, (heard[one.key]?.heard ?? 0) - (mine.seen[one.key] ?? 0)) }));
  const now = JSON.stringify([entries, mine.id]);
  if (now === people) return;
  people = now;
  const focused = document.activeElement?.dataset?.person;
  at("people").replaceChildren(...entries.map((one) => el("li", {}, el("button", {
    type: "button",
    class: "person",
    "data-person": one.key,
    "aria-current": one.key === mine.id ? "true" : undefined,
    onclick: () => { become({ id: one.id, name: one.name, channel: one.channel }); open(false); changed(); },
  }, el("span", { class: "avatar", "aria-hidden": "true" }, (one.name || one.id).slice(0, 1)),
  el("span", { class: "who" }, el("b", {}, one.name || one.id), el("small", {}, one.text || one.id)),
  one.channel === "telegram" && el("span", { class: "network", title: "On Telegram" }, icon("plane"), el("span", { class: "hidden" }, "on Telegram")),
  one.unread > 0 && el("span", { class: "unread" }, String(one.unread), el("span", { class: "hidden" }, " new"))))));
  if (focused) at("people").querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

