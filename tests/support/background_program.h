// A program that runs beside the test, until it is ended.
#pragma once

#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace lockstep {

class BackgroundProgram {
  public:
    explicit BackgroundProgram(const std::vector<std::string>& argv) {
        std::vector<char*> words;
        for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        int started[2];
        if (::pipe2(started, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        process_ = ::fork();
        if (process_ == 0) {
            ::execvp(words[0], words.data());
            ::_exit(127);
        }
        ::close(started[1]);
        char nothing = 0;
        static_cast<void>(
            ::read(started[0], &nothing, 1)); // ends when the program has taken the process over
        ::close(started[0]);
    }
    ~BackgroundProgram() { end(); }
    BackgroundProgram(const BackgroundProgram&) = delete;
    BackgroundProgram& operator=(const BackgroundProgram&) = delete;

    void end() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }
    pid_t process() const { return process_; }

  private:
    pid_t process_ = -1;
};

} // namespace lockstep
