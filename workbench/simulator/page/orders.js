// What a person does, as the simulator takes it for Telegram. The page makes its orders in WhatsApp's words.

const MESSAGES = {
  reaction: ({ message_id: id, emoji }) => ({ react: { id, emoji } }),
  edit: ({ original_message_id: id, message }) => ({ edit: { id, text: message.text.body } }),
  location: ({ latitude, longitude, name, address }) => {
    const location = { latitude, longitude };
    return { message: name ? { venue: { location, title: name, address: address ?? "" }, location } : { location } };
  },
  contacts: ([{ name, phones }]) => {
    const [first, ...rest] = name.formatted_name.split(" ");
    return { message: { contact: { first_name: first, last_name: rest.join(" ") || undefined,
      phone_number: (phones[0]?.phone ?? "").replace(/^\+/u, "") } } };
  },
};

export function ofTelegram({ message, ...rest }) {
  if (!message) return rest;
  if (!message.type) return { message, ...rest };
  const made = MESSAGES[message.type];
  if (!made) throw new Error(`Telegram has no messages of the type ${message.type}.`);
  const { context, ...others } = rest;
  return { ...made(message[message.type]), ...others, ...(context && message.type !== "reaction" ? { context } : {}) };
}
