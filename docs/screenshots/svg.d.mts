export const CELL: { readonly width: number; readonly height: number };
export const PADDING: { readonly x: number; readonly y: number };
export const THEMES: Readonly<Record<'dark' | 'light', unknown>>;
export function svgOf(text: string, theme: 'dark' | 'light', title: string): string;
