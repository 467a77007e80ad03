export const MOMENT: number;
export const CLOCK: string;
export const DATE: string;
