import { cssColour } from "../model/permissions";
import { stamp } from "../model/times";
import type { Loose, Message } from "../model/types";
import { Markdown } from "../text/Markdown";
import { Link, safeAddress } from "../text/pieces";
import { Media } from "./files";

export function Embed({ embed, message }: { embed: Loose; message: Message }) {
  const accent = Number.isInteger(embed.color) ? { "--accent": cssColour(embed.color as number) } : undefined;
  const fields = (embed.fields ?? []) as Loose[];
  const foot = [embed.footer?.text, embed.timestamp ? stamp(new Date(embed.timestamp as string)) : null].filter(Boolean).join(" · ");
  return (
    <div class="card embed accented" style={accent}>
      <div class="embed-main">
        <div class="embed-words">
          {embed.provider?.name ? <p class="subtext">{String(embed.provider.name)}</p> : null}
          {embed.author?.name ? <p class="embed-author">{named(embed.author.name, embed.author.url)}</p> : null}
          {embed.title ? <div class="embed-title">{titled(embed)}</div> : null}
          {embed.description ? <Markdown text={String(embed.description)} /> : null}
          {fields.length ? (
            <div class="fields">
              {fields.map((field, index) => (
                <div key={index} class={field.inline ? "field inline" : "field"}>
                  <div class="field-name">
                    <Markdown text={String(field.name ?? "")} />
                  </div>
                  <Markdown text={String(field.value ?? "")} />
                </div>
              ))}
            </div>
          ) : null}
        </div>
        {embed.thumbnail?.url ? <Media message={message} item={{ media: embed.thumbnail, description: embed.thumbnail.description }} small /> : null}
      </div>
      {embed.image?.url ? <Media message={message} item={{ media: embed.image, description: embed.image.description }} /> : null}
      {foot ? <p class="subtext">{foot}</p> : null}
    </div>
  );
}

function titled(embed: Loose) {
  const title = <Markdown text={String(embed.title)} />;
  return embed.url && safeAddress(embed.url) ? <Link address={String(embed.url)}>{title}</Link> : title;
}

function named(name: unknown, url: unknown) {
  return url && safeAddress(url) ? <Link address={String(url)}>{String(name)}</Link> : String(name);
}
