/** C0 and C1 controls and DEL, but tab, line feed and carriage return: what no document of the registry may hold. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/** A text without control characters and lone surrogates. */
export const cleanText = (text: string): string => text.replace(CONTROLS, '').toWellFormed();

/** One line of clean text, without space around it. */
export const cleanLine = (text: string): string => cleanText(text.replace(/\s+/gu, ' ')).trim();
