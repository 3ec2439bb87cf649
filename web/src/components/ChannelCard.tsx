// One request of ours to ModelRiver, from pending to what came of it.
import { useChannel } from "@taskwire/client/react";
import { Elapsed } from "./Elapsed.tsx";
import { FailureText } from "./FailureText.tsx";
import { JumpLink } from "./JumpLink.tsx";
import { Status } from "./Status.tsx";

export function ChannelCard({ id, message }: { id: string; message: string }) {
  const answer = useChannel(id);
  const { channel, content = null } = answer ?? {};
  return (
    <article className="channel" data-testid="channel" data-channel-id={id} data-status={channel?.status ?? "pending"}>
      <p className="channel-message">{message}</p>
      <p className="cell-facts" role="status">
        <Status status={channel?.status ?? "pending"} />
        {channel?.status === "pending" && <span aria-hidden="true"><Elapsed since={channel.createdAt} /></span>}
        {content && <JumpLink to={`row-${content.id}`}>{content.title}</JumpLink>}
      </p>
      {channel?.error && <p className="notice"><FailureText failure={channel.error} /></p>}
    </article>
  );
}
