import { loadProgram } from './load-program';

void loadProgram().main();
