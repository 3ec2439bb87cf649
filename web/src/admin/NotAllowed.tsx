// Shown in place of everything where a person may not look, or nobody can.
import type { TaskwireError } from "@taskwire/client";
import { Link } from "wouter";
import { Refused } from "../components/Refused.tsx";
import { PATHS } from "../routes.ts";

export function NotAllowed({ error, name }: { error: TaskwireError; name: string }) {
  if (error.status === 403) {
    return (
      <Refused title="This page is for operators">
        <p className="refused-why">
          You are signed in as {name}, and your token does not have what <code>AUTH_ADMIN_CLAIMS</code> asks for.
        </p>
        <p className="refused-why hint">
          Whoever runs this deployment sets it, to claims such as <code>{'{"role":"admin"}'}</code>. While it is not
          set, nobody may look.
        </p>
        <ToGallery />
      </Refused>
    );
  }
  if (error.code === "not_configured") {
    return (
      <Refused title="This page is not set up">
        <p className="refused-why">{error.message}</p>
        <p className="refused-why hint">Whoever runs this deployment can set it right. Until then nobody may look.</p>
        <ToGallery />
      </Refused>
    );
  }
  return (
    <Refused title="This could not be loaded">
      <p>{error.message}</p>
      <ToGallery />
    </Refused>
  );
}

function ToGallery() {
  return (
    <p>
      <Link href={PATHS.gallery}>Go to the gallery</Link>
    </p>
  );
}
