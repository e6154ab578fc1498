import { useEffect, useState } from 'react';

// False for the first picture: what stands beside the thing that somebody waits for is made when that is seen, and in a task of its own,
// so that a key that is pressed meanwhile is heard before it.
export function useAfterPaint(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPainted(true));
    return () => clearTimeout(timer);
  }, []);
  return isPainted;
}
