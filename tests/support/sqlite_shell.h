// Another process with the database: the sqlite3 program, told what to do line by line.
#pragma once

#include <array>
#include <csignal>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace lockstep {

class SqliteShell {
  public:
    explicit SqliteShell(const std::string& database) {
        int to[2];
        int from[2];
        if (::pipe(to) != 0 || ::pipe(from) != 0) throw std::runtime_error("no pipe");
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(to[0], 0), ::dup2(from[1], 1), ::dup2(from[1], 2);
            ::close_range(3, ~0U, 0);
            ::execlp("stdbuf", "stdbuf", "-oL", "sqlite3", "-batch", database.c_str(),
                     nullptr); // by lines, or it waits
            ::_exit(127);
        }
        ::close(to[0]), ::close(from[1]);
        to_ = to[1];
        from_ = from[0];
    }
    ~SqliteShell() { end(SIGKILL); }
    SqliteShell(const SqliteShell&) = delete;
    SqliteShell& operator=(const SqliteShell&) = delete;

    // Sends lines without waiting for what comes of them.
    void send(const std::string& lines) {
        const std::string text = lines + "\n.print done\n";
        if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("the shell has ended");
    }
    // What came of everything sent, or "waiting" where it doesn't come within `limit_ms`.
    std::string answer(int limit_ms = 20000) {
        while (true) {
            const std::size_t end = text_.find("done\n");
            if (end != std::string::npos) {
                std::string all = text_.substr(0, end);
                text_.erase(0, end + 5);
                return all;
            }
            pollfd watched{from_, POLLIN, 0};
            if (::poll(&watched, 1, limit_ms) == 0) return "waiting";
            std::array<char, 4096> piece{};
            const ssize_t count = ::read(from_, piece.data(), piece.size());
            if (count <= 0) throw std::runtime_error("the shell has ended");
            text_.append(piece.data(), static_cast<std::size_t>(count));
        }
    }
    // Whether something comes within `limit_ms`; takes nothing away.
    bool has_answer(int limit_ms) const {
        pollfd watched{from_, POLLIN, 0};
        return ::poll(&watched, 1, limit_ms) > 0;
    }
    std::string run(const std::string& lines) {
        send(lines);
        return answer();
    }
    void kill() { end(SIGKILL); }
    // Lets it close the database and end by itself.
    void quit() {
        ::close(std::exchange(to_, -1));
        ::waitpid(std::exchange(process_, -1), nullptr, 0);
        ::close(from_);
    }
    pid_t process() const { return process_; }

  private:
    void end(int signal) {
        if (process_ <= 0) return;
        ::kill(process_, signal);
        ::waitpid(process_, nullptr, 0);
        ::close(to_), ::close(from_);
        process_ = -1;
    }
    pid_t process_ = -1;
    int to_ = -1;
    int from_ = -1;
    std::string text_;
};

// A process of its own for one question.
inline std::string asked(const std::string& database, const std::string& sql) {
    SqliteShell shell(database);
    std::string answer = shell.run(sql);
    shell.quit();
    return answer;
}

} // namespace lockstep
