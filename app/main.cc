#include "app/verb.h"

int main(int argc, char** argv) { return postern::app::run_command_line(argc, argv); }
