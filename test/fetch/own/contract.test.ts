import { contractOf } from '../suite.ts';
import { ownCases } from './cases.ts';

for (const each of ownCases) contractOf(each);
