// What is typed into a field, until the value that it stands for changes from elsewhere.
import { useState } from "react";

export function useFollowing(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  return [text, setText];
}
