#include "tests/support/writer.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <new>
#include <random>
#include <sqlite3.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {

struct Writer::Shared {
    std::atomic<int> acknowledged{0};
    std::atomic<int> refused{0};
    std::atomic<int> begun{0}; // writes; the next one's number
    std::atomic<int> longest_pause_ms{100};
    std::atomic<bool> stop{false};
};

namespace {

constexpr int longest_burst = 800;  // writes by one connection
constexpr int patience_ms = 2000;   // busy timeout, where there is one
constexpr int idle_one_in = 4;      // connections that stay open through the pause
constexpr int killed_one_in = 3000; // writes that the process doesn't survive

using Connection = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

template <typename Shared> class Application {
  public:
    Application(std::string root, const std::string& record, WritingManner manner, Shared& shared)
        : root_(std::move(root)), record_(::open(record.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)),
          manner_(std::move(manner)), shared_(shared),
          random_(manner_.seed + static_cast<unsigned>(shared.begun.load())) {}

    void run() {
        while (!shared_.stop) {
            Connection connection = open();
            const int burst = below(longest_burst) + 1;
            for (int i = 0; i < burst && !shared_.stop; ++i)
                if (!write(connection.get())) break;
            const bool idles = below(idle_one_in) == 0;
            if (!idles) connection.reset();
            pause();
        }
    }

  private:
    int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
    void pause() {
        for (int left = below(shared_.longest_pause_ms); left > 0 && !shared_.stop; --left) ::usleep(1000);
    }

    static bool run(sqlite3* connection, const std::string& sql) {
        return sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    }

    Connection open() {
        sqlite3* made = nullptr;
        sqlite3_open_v2((root_ + "/data/register.db").c_str(), &made, SQLITE_OPEN_READWRITE, nullptr);
        Connection connection(made, &sqlite3_close);
        sqlite3_busy_timeout(made, below(2) == 0 ? 0 : patience_ms);
        const bool ready =
            run(made, "PRAGMA journal_mode=" + manner_.journal_mode) &&
            (!manner_.both_databases || (run(made, "ATTACH '" + root_ + "/data/log.db' AS log") &&
                                         run(made, "PRAGMA log.journal_mode=" + manner_.journal_mode)));
        if (!ready) connection.reset();
        return connection;
    }

    // False where it was refused.
    bool write(sqlite3* connection) {
        const std::string text = "write " + std::to_string(++shared_.begun);
        const std::string log =
            manner_.both_databases ? "INSERT INTO log.entry(text) VALUES('" + text + "');" : "";
        const bool began = connection && run(connection, "BEGIN IMMEDIATE") &&
                           run(connection, "INSERT INTO place(name) VALUES('" + text + "');" + log);
        if (began && manner_.may_be_killed && below(killed_one_in) == 0) {
            run(connection,
                "PRAGMA cache_size=1; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
                "i<3000) INSERT INTO person(name) SELECT 'half' FROM n");
            ::raise(SIGKILL);
        }
        if (!began || !run(connection, "COMMIT")) {
            ++shared_.refused;
            return false;
        }
        const std::string line = text + "\n";
        if (::write(record_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(1);
        ++shared_.acknowledged;
        return true;
    }

    std::string root_;
    int record_;
    WritingManner manner_;
    Shared& shared_;
    std::mt19937 random_;
};

} // namespace

// The process that is forked starts the application again each time that it was killed.
Writer::Writer(const std::string& root, const std::string& record, const WritingManner& manner) {
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    shared_ = new (memory) Shared;
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // no writer outlives its test
    while (!shared_->stop) {
        const pid_t application = ::fork();
        if (application == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            Application<Shared>(root, record, manner, *shared_).run();
            ::_exit(0);
        }
        ::waitpid(application, nullptr, 0);
    }
    ::_exit(0);
}

Writer::~Writer() {
    stop();
    ::munmap(shared_, sizeof(Shared));
}

void Writer::pause_at_most(int milliseconds) {
    shared_->longest_pause_ms = milliseconds;
}
int Writer::acknowledged() const {
    return shared_->acknowledged;
}
int Writer::refused() const {
    return shared_->refused;
}

void Writer::stop() {
    if (process_ <= 0) return;
    shared_->stop = true;
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

std::set<std::string> acknowledged_in(const std::string& record) {
    std::set<std::string> all;
    std::ifstream file(record);
    for (std::string line; std::getline(file, line);) all.insert(line);
    return all;
}

} // namespace lockstep
