#include "packaging/terminal.h"

#include "payload/error.h"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace lockstep {
namespace {

class EchoOff {
  public:
    EchoOff() {
        if (tcgetattr(STDIN_FILENO, &before_) != 0)
            throw Error(Code::wrong_usage, "ask on", "the terminal", std::strerror(errno));
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0)
            throw Error(Code::wrong_usage, "hide what is typed on", "the terminal", std::strerror(errno));
    }
    ~EchoOff() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

  private:
    termios before_{};
};

} // namespace

bool has_terminal() {
    return isatty(STDIN_FILENO) == 1;
}

std::string ask_without_echo(const std::string& prompt) {
    std::cerr << prompt << ": " << std::flush;
    const EchoOff echo_off;
    std::string line;
    const bool answered = static_cast<bool>(std::getline(std::cin, line));
    std::cerr << '\n';
    if (!answered) throw Error(Code::wrong_usage, "read", prompt, "nothing was typed");
    return line;
}

} // namespace lockstep
