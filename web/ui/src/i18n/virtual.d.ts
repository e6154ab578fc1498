// Made by vite.config.ts of src/locales.
declare module 'virtual:words' {
  type Read = () => Promise<{ default: Record<string, Record<string, unknown>> }>;
  const files: Record<string, { early: Read; late: Read }>;
  export default files;
}
