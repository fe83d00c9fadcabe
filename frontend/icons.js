// Lucide icons of the editor's toolbar, as SVG source.
import bold from "lucide-static/icons/bold.svg";
import bullets from "lucide-static/icons/list.svg";
import close from "lucide-static/icons/x.svg";
import code from "lucide-static/icons/code.svg";
import codeBlock from "lucide-static/icons/square-code.svg";
import find from "lucide-static/icons/search.svg";
import footnote from "lucide-static/icons/superscript.svg";
import full from "lucide-static/icons/maximize.svg";
import heading from "lucide-static/icons/heading.svg";
import image from "lucide-static/icons/image-plus.svg";
import italic from "lucide-static/icons/italic.svg";
import library from "lucide-static/icons/images.svg";
import link from "lucide-static/icons/link.svg";
import math from "lucide-static/icons/sigma.svg";
import moon from "lucide-static/icons/moon.svg";
import more from "lucide-static/icons/separator-horizontal.svg";
import numbers from "lucide-static/icons/list-ordered.svg";
import outline from "lucide-static/icons/table-of-contents.svg";
import phone from "lucide-static/icons/smartphone.svg";
import preview from "lucide-static/icons/columns-2.svg";
import quote from "lucide-static/icons/text-quote.svg";
import redo from "lucide-static/icons/redo-2.svg";
import settings from "lucide-static/icons/panel-right.svg";
import strike from "lucide-static/icons/strikethrough.svg";
import table from "lucide-static/icons/table.svg";
import undo from "lucide-static/icons/undo-2.svg";

export const icons = {
  bold, bullets, close, code, codeBlock, find, footnote, full, heading, image, italic, library, link, math, moon, more,
  numbers, outline, phone, preview, quote, redo, settings, strike, table, undo,
};
