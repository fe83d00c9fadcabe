// HTML to Markdown, for what is pasted from web pages and word processors.
export { default as TurndownService } from "turndown";
export { gfm } from "@joplin/turndown-plugin-gfm";
