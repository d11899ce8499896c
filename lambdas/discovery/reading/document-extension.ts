const EXTENSION = /\.([^./]+)$/;

/** Extensions of the files that may describe an agent, lower case, without the dot. */
export const DOCUMENT_EXTENSIONS: readonly string[] = ['json', 'md', 'markdown'];

/** The extension of a path, lower case, without the dot; empty where it has none. */
export const extensionOf = (path: string): string => EXTENSION.exec(path)?.[1]?.toLowerCase() ?? '';
