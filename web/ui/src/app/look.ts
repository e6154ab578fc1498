// Theme, density and what else belongs to this browser rather than to a person: no content, so it may stay after signing out.
import { habit, keepHabit } from './habits';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';
export interface Look { theme: Theme; density: Density; singleKeys: boolean; language: string }

const kDefault: Look = { theme: 'system', density: 'comfortable', singleKeys: true, language: '' };
const dark = matchMedia('(prefers-color-scheme: dark)');

export const look = (): Look => ({ ...kDefault, ...habit('look', {}) });

export function applyLook() {
  const { theme, density } = look();
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  document.documentElement.dataset.density = density;
}

export function setLook(change: Partial<Look>) {
  keepHabit('look', { ...look(), ...change });
  applyLook();
  dispatchEvent(new Event('postern:look'));
}

dark.addEventListener('change', applyLook);
