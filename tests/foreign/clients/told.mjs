// How a client and the test talk: the test writes lines to the client, the client writes lines of JSON.

import { createServer } from "node:http";
import { createInterface } from "node:readline";

export const PLAN = JSON.parse(process.env.FOREIGN_PLAN);

export function tell(words) {
    process.stdout.write(`${JSON.stringify(words)}\n`);
}

// Listen as a webhook. Send everything when the test says so.
export async function obey(sends, outcomeOf, get, post) {
    const server = createServer(async (request, response) => {
        try {
            const query = Object.fromEntries(new URL(request.url, "http://localhost").searchParams);
            const [status, text] = request.method === "GET" ? await get(query) : await post(request);
            response.writeHead(status).end(text);
        } catch (error) {
            response.writeHead(500).end(String(error));
        }
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    tell({ listening: `http://127.0.0.1:${server.address().port}/webhook` });
    for await (const line of createInterface({ input: process.stdin })) {
        if (line.trim() === "send") {
            for (const [name, send] of Object.entries(sends)) {
                tell({ sent: name, ...(await outcomeOf(send)) });
            }
            tell({ done: true });
        }
    }
    process.exit(0);
}

export async function bytesOf(request) {
    const chunks = [];
    for await (const chunk of request) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
