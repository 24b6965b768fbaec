// Each call that SQLite makes of the system fails, for every connection of the engine: ledger, live
// databases, backups, trial copies. Reads, locks and questions as well as writes; once, or from then on. The
// exit code is the fault's, the installation is old or new, and recovery tidies.
#include "tests/support/hooked_sqlite.h"
#include "tests/support/journey.h"
#include "tests/support/sweep.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sqlite3.h>
#include <unistd.h>

namespace lockstep {
namespace {

struct Fault {
    const char* name; // for this test's name
    const char* call; // as in hooked_sqlite.h
    int result;       // what SQLite gets to hear
    int code;         // the exit code before the swap
};

constexpr int busy = static_cast<int>(Code::busy);
constexpr int no_room = static_cast<int>(Code::no_room_or_right);
constexpr int internal = static_cast<int>(Code::internal_error);

const Fault faults[] = {
    {"Read", "read", SQLITE_IOERR_READ, internal},
    {"ShortRead", "read", SQLITE_IOERR_SHORT_READ, internal},
    {"Write", "write", SQLITE_IOERR_WRITE, internal},
    {"FullDisk", "write", SQLITE_FULL, no_room},
    {"Truncate", "truncate", SQLITE_IOERR_TRUNCATE, internal},
    {"Sync", "sync", SQLITE_IOERR_FSYNC, internal},
    {"Delete", "delete", SQLITE_IOERR_DELETE, internal},
    {"Open", "open", SQLITE_CANTOPEN, no_room},
    {"Access", "access", SQLITE_IOERR_ACCESS, internal},
    {"Size", "size", SQLITE_IOERR_FSTAT, internal},
    {"Lock", "lock", SQLITE_IOERR_LOCK, internal},
    {"BusyLock", "lock", SQLITE_BUSY, busy},
    {"Unlock", "unlock", SQLITE_IOERR_UNLOCK, internal},
    {"ReservedLock", "reserved", SQLITE_IOERR_CHECKRESERVEDLOCK, internal},
    {"Map", "map", SQLITE_IOERR_SHMMAP, internal},
    {"SharedLock", "shared_lock", SQLITE_IOERR_SHMLOCK, internal},
    {"BusySharedLock", "shared_lock", SQLITE_BUSY, busy},
};

// Those that an update makes in every journal mode.
const std::set<std::string> always_made{"read", "write", "sync", "open", "access", "size", "lock", "unlock"};
constexpr int usual_stride = 23;
constexpr int fewest_calls = 150; // of all faults together, in one command

enum class Lasting { once, from_then_on };

void say(const std::string& line) {
    static_cast<void>(!::write(1, line.data(), line.size()));
}

Arm inject(const Fault& fault, int number, Lasting lasting) {
    return [=](HookedFiles&) {
        const auto count = std::make_shared<int>(0);
        const auto before = [=](const SeamCall& call) {
            if (call.name == "sleep") return SQLITE_BUSY; // no test waits for a lock that never comes
            if (call.name != fault.call) return SQLITE_OK;
            ++*count;
            if (*count == number) say("reached " + call.name + " " + call.path + "\n");
            const bool hit = lasting == Lasting::once ? *count == number : *count >= number;
            return hit ? fault.result : SQLITE_OK;
        };
        hook_sqlite(before, [](const SeamCall&) { return SQLITE_OK; });
    };
}

std::string reached_by(const Ran& ran) {
    const std::size_t place = ran.out.find("reached ");
    return place == std::string::npos ? std::string()
                                      : ran.out.substr(place + 8, ran.out.find('\n', place) - place - 8);
}

// What may come of it. A ledger that can't be read or decided needs a person until it can; what is read short
// looks like damage.
std::set<int> allowed(const Fault& fault, EngineCommand command, Lasting lasting,
                      const std::string& reached) {
    std::set<int> codes{0, 3, fault.code};
    if (command != EngineCommand::recover) codes.insert(30);
    if (fault.result == SQLITE_IOERR_SHORT_READ) codes.insert({10, 20, 21, 40});
    const bool ledger = reached.find("/.lockstep/ledger.db") != std::string::npos;
    if (lasting == Lasting::from_then_on || command == EngineCommand::recover ||
        (command == EngineCommand::rollback && ledger))
        codes.insert(50);
    return codes;
}

// What a person reads, where nothing was changed; SQLite keeps the reason to itself where it keeps a mode.
bool says_why(const Fault& fault, const std::string& text) {
    const auto says = [&](const std::string& words) { return text.find(words) != std::string::npos; };
    if (fault.result == SQLITE_IOERR_SHORT_READ || says("SQLite kept it at")) return true;
    if (fault.result == SQLITE_CANTOPEN) return says("unable to open database");
    return says(sqlite3_errstr(fault.result & 0xff)) ||
           (fault.result == SQLITE_BUSY && (says("in use by") || says("locking protocol")));
}

using Part = std::tuple<std::string, Course, Lasting>; // the journal mode
class SqliteFaults : public ::testing::TestWithParam<Part> {
  protected:
    SqliteFaults()
        : shop_(std::get<0>(GetParam())), journey_(journey_on(std::get<1>(GetParam()), shop_)),
          lasting_(std::get<2>(GetParam())) {}

    // Fails at every call, up to the first that leaves something unsound.
    void sweep(const Fault& fault, SweepCount& count) {
        std::map<int, int> codes;
        bool failed = false;
        for (int number = 1; !failed; number += stride(usual_stride)) {
            const std::string root = journey_.start();
            const Ran ran = run_engine(shop_.engine(journey_.command, root), inject(fault, number, lasting_));
            const std::string reached = reached_by(ran);
            if (reached.empty()) break;
            made_.insert(fault.call);
            count.tried(), ++codes[ran.code];
            failed = !is_sound(fault, number, reached, root, ran);
        }
        std::cout << fault.name << ":";
        for (const auto& [code, times] : codes) std::cout << " exit " << code << ": " << times;
        std::cout << '\n';
    }

    bool is_sound(const Fault& fault, int number, const std::string& reached, const std::string& root,
                  const Ran& ran) {
        SCOPED_TRACE(std::string(fault.name) + " at call " + std::to_string(number) + ", " + reached +
                     ": exit " + std::to_string(ran.code) + "\n" + ran.err);
        const bool failed_before = HasFailure();
        EXPECT_TRUE(allowed(fault, journey_.command, lasting_, reached).contains(ran.code));
        if (arrival_of(ran) == Arrival::back) {
            EXPECT_TRUE(says_why(fault, ran.err));
        }
        expect_sound(shop_, journey_, root, ran);
        return failed_before || !HasFailure();
    }

    SwapWorkshop shop_;
    Journey journey_;
    Lasting lasting_;
    std::set<std::string> made_; // calls that were reached
};

TEST_P(SqliteFaults, LeaveOldOrNew) {
    SweepCount count("SQLite's calls failing");
    for (const Fault& fault : faults)
        // A system that never tells SQLite what its files hold is no system that an update could leave sound.
        if (fault.result != SQLITE_IOERR_SHORT_READ || lasting_ == Lasting::once) sweep(fault, count);
    for (const std::string& call : always_made) EXPECT_TRUE(made_.contains(call)) << call;
    EXPECT_GE(count.points(), fewest_calls / stride(usual_stride));
}

std::string name_of_part(const ::testing::TestParamInfo<Part>& part) {
    const auto& [mode, course, lasting] = part.param;
    return mode + name_of(course) + (lasting == Lasting::once ? "Once" : "FromThenOn");
}

INSTANTIATE_TEST_SUITE_P(In, SqliteFaults,
                         ::testing::Combine(::testing::Values("DELETE", "WAL"),
                                            ::testing::Values(Course::update, Course::rollback,
                                                              Course::recovery_back,
                                                              Course::recovery_forward),
                                            ::testing::Values(Lasting::once, Lasting::from_then_on)),
                         &name_of_part);

} // namespace
} // namespace lockstep
