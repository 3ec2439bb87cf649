// The sections of CHANGELOG.md.

/** What stands under a version's heading: the text of its release. */
export function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  // Link definitions end the file.
  const text = section
    ?.slice(section.indexOf("\n"))
    .replace(/^\[[^\]]+\]: \S+$/gm, "")
    .trim();
  if (text) return `${text}\n`;
  const known = sections.map((each) => /^\[([^\]]+)\]/.exec(each)?.[1]).filter(Boolean);
  throw new Error(`CHANGELOG.md has ${section ? "nothing" : "no section"} for ${version}: it has ${known.join(", ")}.`);
}
