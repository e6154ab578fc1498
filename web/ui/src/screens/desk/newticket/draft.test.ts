import { expect, test } from 'vitest';
import { bodyOf, kEmpty } from './draft';

test('only what was filled in is sent', () => {
  expect(bodyOf({ ...kEmpty, body: 'Hello' }, [])).toEqual({ ticket: { comment: { body: 'Hello', public: true }, status: 'open' } });
});
test('everything is sent where it belongs', () => {
  expect(bodyOf({ ...kEmpty, requester: ' ann@x.example ', requesterName: 'Ann', subject: 'Parcel', body: 'b', isPublic: false, tags: 'a, b', ccs: 'c@x.example', group: '3', fields: { 7: 'red', 8: '' } }, ['u1'])).toEqual({
    ticket: { comment: { body: 'b', public: false, uploads: ['u1'] }, status: 'open', subject: 'Parcel', group_id: '3', requester: { email: 'ann@x.example', name: 'Ann' }, tags: ['a', 'b'], email_ccs: [{ user_email: 'c@x.example', action: 'put' }], custom_fields: [{ id: '7', value: 'red' }] },
  });
});
