// Tells the page how high a bar at the lower edge is, so that messages are shown above it and not on its buttons.
import { useLayoutEffect, type RefObject } from 'react';

export function useDock(bar: RefObject<HTMLElement | null>, isShown: boolean) {
  useLayoutEffect(() => {
    const element = bar.current;
    if (!isShown || !element) return;
    const measure = () => document.documentElement.style.setProperty('--dock', `${element.offsetHeight}px`);
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    measure();
    return () => { watcher.disconnect(); document.documentElement.style.removeProperty('--dock'); };
  }, [bar, isShown]);
}
