// One request to ModelRiver, from pending to its result.
import type { AiRequest } from "@taskwire/client";
import { useChannel, useTaskwire } from "@taskwire/client/react";
import { Elapsed } from "./Elapsed.tsx";
import { FailureText } from "./FailureText.tsx";
import { JumpLink } from "./JumpLink.tsx";
import { RetryButton } from "./RetryButton.tsx";
import { Status } from "./Status.tsx";

interface Props {
  id: string;
  request: AiRequest;
  onRetried: (channelId: string) => void;
}

export function ChannelCard({ id, request, onRetried }: Props) {
  const client = useTaskwire();
  const answer = useChannel(id);
  const { channel, content = null } = answer ?? {};
  return (
    <article className="channel" data-testid="channel" data-channel-id={id} data-status={channel?.status ?? "pending"}>
      <p className="channel-message">{asked(request)}</p>
      <p className="cell-facts" role="status">
        <Status status={channel?.status ?? "pending"} />
        {channel?.status === "pending" && (
          <span aria-hidden="true">
            <Elapsed since={channel.createdAt} />
          </span>
        )}
        {content && <JumpLink to={`row-${content.id}`}>{content.title}</JumpLink>}
        {channel?.status === "completed" && !content && <span>Its result was deleted.</span>}
      </p>
      {channel?.error && (
        <p className="notice">
          <FailureText failure={channel.error} />
        </p>
      )}
      {channel?.status === "failed" && (
        <RetryButton start={async () => onRetried((await client.ai(request)).channelId)} />
      )}
    </article>
  );
}

/** The words of the request. */
const asked = ({ messages }: AiRequest): string => messages.map(({ content }) => String(content)).join("\n");
