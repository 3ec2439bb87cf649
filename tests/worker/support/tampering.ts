/** Changes to a webhook's body before it is signed: what a provider may leave out. */

type Json = Record<string, any>;

/** The request that is echoed, wherever that generation puts it. */
function request(body: Json): Json {
  return body.data?.request ?? body.request;
}

/** Like a provider that does not echo metadata. */
export function withoutRowIds(body: Json): void {
  delete request(body).metadata;
}

/** Like a provider that names these rows. */
export function withRowIds(imageRowIds: string[]): (body: Json) => void {
  return (body) => {
    request(body).metadata = { ...request(body).metadata, imageRowIds };
  };
}
