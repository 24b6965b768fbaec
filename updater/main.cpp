#include "updater/command_line.h"
#include "updater/executable_mark.h"

int main(int argc, char** argv) {
    lockstep::keep_executable_mark();
    return lockstep::run_command_line(argc, argv);
}
