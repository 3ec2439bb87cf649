/** What the model makes of a message: made up from its words, the same each time. Pure. */

import { chanceOf } from "../chance.ts";
import type { Json } from "../json.ts";
import type { Channel } from "./channels.ts";

const QUALITIES = ["Quiet", "Hidden", "Silver", "Second", "Distant", "Borrowed", "Unwritten", "Northern"];
const GENRES = ["drama", "comedy", "mystery", "science fiction", "documentary", "adventure"];
const PLACES = [
  "In a small harbour town",
  "On the last train of the day",
  "On an island nobody visits",
  "In a house full of clocks",
];
const EARLIEST = 1950;
const YEARS = 76;

/** One of them, by chance that is the same for the same text. */
function pick<T>(from: readonly T[], text: string): T {
  return from[Math.floor(chanceOf(text) * from.length)] as T;
}

/** What the message is about: its last word of some length. */
function subjectOf(message: string): string {
  const words = message.match(/\p{L}[\p{L}\p{N}'-]*/gu) ?? [];
  const subject = words.findLast((word) => word.length > 3) ?? words.at(-1) ?? "Page";
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

/** As an object, whatever the form it is sent in. */
function contentOf(prompt: string): Json {
  // Without the words in brackets, which say how it is sent.
  const message = prompt
    .replace(/\[[^\]]*\]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const subject = subjectOf(message);
  return {
    title: `The ${pick(QUALITIES, `title ${message}`)} ${subject}`,
    description: `${pick(PLACES, `place ${message}`)}, somebody learns what ${subject} can mean.`,
    year: EARLIEST + Math.floor(chanceOf(`year ${message}`) * YEARS),
    genre: pick(GENRES, `genre ${message}`),
    rating: Math.round(50 + chanceOf(`rating ${message}`) * 50) / 10,
    tags: [subject.toLowerCase(), "made up"],
  };
}

function choicesOf(content: string): Json {
  const message = { role: "assistant", content };
  return { object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] };
}

/** The AI data: an object with a title, unless the message asks for another thing. */
export function dataOf({ prompt, keywords }: Channel): unknown {
  const { title, ...untitled } = contentOf(prompt);
  const content = keywords.has("untitled") ? untitled : { title, ...untitled };
  const told = keywords.has("untitled") ? String(untitled.description) : `${title}\n\n${untitled.description}`;
  if (keywords.has("choices-json")) return choicesOf(JSON.stringify(content));
  if (keywords.has("choices")) return choicesOf(told);
  return keywords.has("text") ? told : content;
}
