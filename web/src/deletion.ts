// The words of a dialog that asks before something is deleted. Pure.
import type { Content, Task } from "@taskwire/client";
import { plural, titleOf } from "./words.ts";

/** What is to be deleted: one task, one row of content, or everything that the user has. */
export type Doomed = { task: Task } | { content: Content } | "everything";

export interface Words {
  title: string;
  /** Names what goes. Each is a paragraph. */
  lines: string[];
  confirm: string;
}

/** As much of a prompt as a question can hold. */
const SHORT = 160;

const FOR_GOOD = "This cannot be undone.";
const ELSEWHERE = "Picture files at the provider’s own address are not removed by this.";

function short(text: string): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  return characters.length > SHORT ? `${characters.slice(0, SHORT).join("").trimEnd()}…` : characters.join("");
}

/** The title of what goes, as it is announced. */
export function nameOf(doomed: Exclude<Doomed, "everything">): string {
  return short("task" in doomed ? titleOf(doomed.task) : doomed.content.title);
}

export function wordsOf(doomed: Doomed): Words {
  if (doomed === "everything") {
    return {
      title: "Delete everything of yours?",
      lines: [
        `All your tasks, with their prompts and the rows of their pictures, and all results of your requests. ${FOR_GOOD}`,
        "It takes a few minutes. What you start afterwards stays.",
        ELSEWHERE,
      ],
      confirm: "Delete everything",
    };
  }
  if ("content" in doomed) {
    return {
      title: "Delete this result?",
      lines: [`The text of “${nameOf(doomed)}” and its data. ${FOR_GOOD}`],
      confirm: "Delete",
    };
  }
  return {
    title: "Delete this task?",
    lines: [
      `${partsOf(doomed.task)}. ${FOR_GOOD}`,
      ...(doomed.task.status === "pending"
        ? ["It is still running. What it makes will not be kept, and the provider may charge for it."]
        : []),
      ...(doomed.task.images.some(({ url }) => url !== null) ? [ELSEWHERE] : []),
    ],
    confirm: "Delete",
  };
}

/** `4 pictures and the prompt of “A fox”`. A task without a prompt is named by its kind. */
function partsOf(task: Task): string {
  const pictures = task.images.length > 0 ? plural(task.images.length, "picture", "pictures") : null;
  const title = `“${short(titleOf(task))}”`;
  if (task.prompt) return pictures ? `${pictures} and the prompt of ${title}` : `The prompt and the result of ${title}`;
  return pictures ? `${pictures} of the task ${title}` : `The result of the task ${title}`;
}
