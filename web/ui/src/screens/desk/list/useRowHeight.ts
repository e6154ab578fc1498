// Rows have a fixed height, so that a list of any length knows where each of them is.
import { useEffect, useState } from 'react';
import { look } from '@/app/look';

export interface Shape { isNarrow: boolean; rowHeight: number }
const narrow = matchMedia('(max-width: 47.99rem)');

function measure(): Shape {
  const isCompact = look().density === 'compact';
  if (narrow.matches) return { isNarrow: true, rowHeight: isCompact ? 58 : 66 };
  return { isNarrow: false, rowHeight: isCompact ? 34 : 44 };
}

export function useRowHeight(): Shape {
  const [shape, setShape] = useState(measure);
  useEffect(() => {
    const again = () => setShape(measure());
    narrow.addEventListener('change', again);
    addEventListener('postern:look', again);
    return () => { narrow.removeEventListener('change', again); removeEventListener('postern:look', again); };
  }, []);
  return shape;
}
