// Records a voice message. WhatsApp's are Opus in Ogg. A browser that writes only WebM has the same Opus in
// another box, so that the packets are put into Ogg here: https://www.rfc-editor.org/rfc/rfc7845

import { encoded, notify, tell } from "./api.js";
import { icon } from "./dom.js";

const OGG = "audio/ogg; codecs=opus";
const ENOUGH = 0.3; // a shorter one was a slip of the finger, in seconds

let recorder = null;

export async function record(button, context) {
  if (recorder) return recorder.stop();
  let stream;
  try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch {
    return notify("There is no microphone. The plus sends a voice message from a file.");
  }
  const types = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];
  const type = types.find((one) => MediaRecorder.isTypeSupported(one));
  if (!type) return notify("This browser records no Opus. The plus sends a voice message from a file.");
  const [parts, began] = [[], performance.now()];
  recorder = new MediaRecorder(stream, { mimeType: type });
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.addEventListener("stop", async () => {
    recorder = null;
    for (const track of stream.getTracks()) track.stop();
    change(button, false);
    if (performance.now() - began < ENOUGH * 1000) return notify("Hold on a little longer: that was too short.");
    const recorded = new Uint8Array(await new Blob(parts).arrayBuffer());
    const file = type.includes("webm") ? ogg(recorded) : recorded;
    return tell({ file: { data: await encoded(new Blob([file])), mime_type: OGG, voice: true },
      ...(context ? { context } : {}) });
  });
  recorder.start();
  change(button, true);
  return undefined;
}

function change(button, is) {
  button.replaceChildren(icon(is ? "stop" : "mic"));
  button.classList.toggle("recording", is);
  button.setAttribute("aria-label", is ? "Stop and send the voice message" : "Record a voice message");
}

// -- WebM: elements of an id, a size and a content. Only those on the way to the sound are opened. -------------

const INSIDE = new Set([0x18538067, 0x1654ae6b, 0xae, 0x1f43b675, 0xa0]); // Segment, Tracks, TrackEntry, Cluster, BlockGroup
const [HEAD, BLOCK, SIMPLE] = [0x63a2, 0xa1, 0xa3];

function number(bytes, at, keepsMark) {
  const length = Math.clz32(bytes[at]) - 23;
  let value = keepsMark ? bytes[at] : bytes[at] & (0xff >> length);
  let isUnknown = (bytes[at] & (0xff >> length)) === 0xff >> length;
  for (let n = 1; n < length; n += 1) {
    value = value * 256 + bytes[at + n];
    isUnknown &&= bytes[at + n] === 0xff;
  }
  return { value, end: at + length, isUnknown };
}

function* elements(bytes) {
  for (let at = 0; at < bytes.length;) {
    const id = number(bytes, at, true);
    const size = number(bytes, id.end, false);
    if (!INSIDE.has(id.value)) yield [id.value, bytes.subarray(size.end, size.end + size.value)];
    at = INSIDE.has(id.value) || size.isUnknown ? size.end : size.end + size.value;
  }
}

// -- Ogg -------------------------------------------------------------------------------------------------------

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let sum = n << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum << 1) ^ (sum & 0x80000000 ? 0x04c11db7 : 0);
  return sum >>> 0;
});

function page(packet, { flags, granule, sequence }) {
  const lacing = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const bytes = new Uint8Array(27 + lacing.length + packet.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OggS"));
  bytes[5] = flags;
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, 1, true);
  view.setUint32(18, sequence, true);
  bytes[26] = lacing.length;
  bytes.set(lacing, 27);
  bytes.set(packet, 27 + lacing.length);
  view.setUint32(22, bytes.reduce((sum, byte) => ((sum << 8) ^ CRC[(sum >>> 24) ^ byte]) >>> 0, 0), true);
  return bytes;
}

// How many samples a packet has, at 48 kHz: https://www.rfc-editor.org/rfc/rfc6716#section-3.1
function samples([toc, count]) {
  const config = toc >> 3;
  const size = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1]
    : [120, 240, 480, 960][config & 3];
  return size * [1, 2, 2, count & 63][toc & 3];
}

export function ogg(webm) {
  let head = null;
  const packets = [];
  for (const [id, content] of elements(webm)) {
    if (id === HEAD) head = content;
    if (id === SIMPLE || id === BLOCK) packets.push(content.subarray(number(content, 0, false).end + 3));
  }
  const tags = new Uint8Array([...new TextEncoder().encode("OpusTags"), 9, 0, 0, 0,
    ...new TextEncoder().encode("rejoinder"), 0, 0, 0, 0]);
  const pages = [page(head, { flags: 2, granule: 0, sequence: 0 }), page(tags, { flags: 0, granule: 0, sequence: 1 })];
  let granule = 0;
  packets.forEach((packet, n) => {
    granule += samples(packet);
    pages.push(page(packet, { flags: n === packets.length - 1 ? 4 : 0, granule, sequence: n + 2 }));
  });
  const whole = new Uint8Array(pages.reduce((sum, one) => sum + one.length, 0));
  pages.reduce((offset, one) => { whole.set(one, offset); return offset + one.length; }, 0);
  return whole;
}
