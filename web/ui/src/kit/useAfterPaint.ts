import { useEffect, useState } from 'react';

// False for the first picture: what stands beside the thing that somebody waits for is made when that is seen.
export function useAfterPaint(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => setPainted(true), []);
  return isPainted;
}
