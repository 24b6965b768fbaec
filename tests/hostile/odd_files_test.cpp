// What stands where a bundle is looked for, and is no file, or one that never ends: refused at once, by
// --bundle and by --from.
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class OddFiles : public testing::Test {
  protected:
    OddFiles() { fs::create_directories(folder()); }
    std::string folder() const { return small_.workshop() / "usb"; }
    std::string odd() const { return folder() + "/odd.bundle"; }

    // Refused when it is named; in the folder, where it ends with `alone` while it is alone, the true bundle
    // beside it is taken.
    void expect_no_harm(const std::string& words, int alone = 0) {
        SCOPED_TRACE(words);
        small_.expect_refused(odd(), words);
        const std::string told = alone == 0 ? "Nothing was changed." : words;
        expect_refused(small_.laptop(), alone, {told}, [&] { return from_folder({"check"}); });
        fs::copy_file(small_.bundle(), folder() + "/true.bundle");
        expect_refused(small_.laptop(), 0, {"would succeed"}, [&] { return from_folder({"check"}); });
        fs::remove_all(folder());
        fs::create_directories(folder());
        count_.tried();
    }
    Ran from_folder(std::vector<std::string> words) const {
        words.insert(words.end(), {"--from", folder(), "--trust", small_.workshop() / "key.pub"});
        Ran ran = small_.workshop().update(small_.root(), words);
        expect_bounded(ran);
        return ran;
    }
    void node(mode_t kind, dev_t device) const {
        if (::mknod(odd().c_str(), kind | 0644, device) != 0) GTEST_SKIP() << "only root may make devices";
    }

    SmallRelease small_;
    SweepCount count_{"odd file as a bundle"};
};

TEST_F(OddFiles, APipe) {
    ASSERT_EQ(::mkfifo(odd().c_str(), 0644), 0);
    expect_no_harm("it is not a file");
}

TEST_F(OddFiles, AFolder) {
    fs::create_directories(odd());
    expect_no_harm("it is not a file");
}

TEST_F(OddFiles, ASocket) {
    const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(odd().size(), sizeof address.sun_path);
    odd().copy(address.sun_path, odd().size());
    ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    expect_no_harm("it is not a file");
    ::close(listening);
}

// /dev/zero never ends, /dev/full and /dev/null end at once.
TEST_F(OddFiles, ADevice) {
    for (const unsigned number : {3U, 5U, 7U}) {
        node(S_IFCHR, makedev(1, number));
        if (IsSkipped()) return;
        expect_no_harm("it is not a file");
    }
}

TEST_F(OddFiles, AHugeSparseFile) {
    for (const char* begin : {"", "LOCKSTEP-BUNDLE\n"}) {
        write_file(odd(), begin);
        fs::resize_file(odd(), std::uint64_t{1} << 42);
        expect_no_harm("it is not a bundle", 11);
    }
}

// Where a link leads is no secret to whoever made it; what it leads to is judged like any bundle.
TEST_F(OddFiles, ALinkToAnyOfThem) {
    fs::create_symlink("/dev/zero", odd());
    expect_no_harm("it is not a file");
    fs::create_symlink("..", odd());
    expect_no_harm("it is not a file");
    fs::create_symlink(odd(), odd());
    expect_refused(small_.laptop(), 1, {"odd.bundle", nothing_changed_words},
                   [&] { return small_.apply(odd()); });
    fs::remove(odd());
    fs::create_symlink(small_.bundle(), odd());
    EXPECT_EQ(small_.apply(odd()).code, 0);
}

} // namespace
} // namespace lockstep
