// Refused, with nothing changed, and within what a field laptop can spare.
#pragma once

#include "payload/digest.h"
#include "tests/support/attempt.h"
#include "tests/support/remade_bundle.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace lockstep {

constexpr double memory_bound = 64.0 * (1 << 20); // bytes
constexpr double time_bound = 10;                 // seconds, on a busy machine

inline const std::string nothing_changed_words = "Your data and the application are exactly as they were.";

// The sanitizers need memory and time of their own.
inline void expect_bounded(const Ran& ran) {
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(ran.peak_memory, memory_bound) << ran.out << ran.err;
    EXPECT_LT(ran.seconds, time_bound) << ran.out << ran.err;
#endif
    static_cast<void>(ran);
}

// Nothing that a bundle says reaches the terminal as more than text.
inline void expect_plain_text(const Ran& ran) {
    for (const char c : ran.out + ran.err) {
        const auto byte = static_cast<unsigned char>(c);
        EXPECT_TRUE((byte >= 0x20 && byte != 0x7f) || c == '\n') << "the byte " << int{byte} << " in:\n"
                                                                 << ran.err;
    }
}

// It travels as a delta: nothing in it repeats, and nearly all of it is as before.
const std::string delta_path = "lib/list.txt";
inline std::string delta_content(const std::string& version) {
    std::string content;
    for (int i = 0; i < 16; ++i) content += sha256(std::to_string(i)) + (i == 7 ? version : "") + "\n";
    return content;
}

inline std::string script_content(const std::string& version) {
    return "#!/bin/sh\necho " + version + "\n";
}

// A release 1.0.0 -> 1.1.0 of a few small files, of which `app` and delta_path travel as deltas, and no entry
// points, so that its bundle has a few KiB, and an installation of 1.0.0.
class SmallRelease {
  public:
    // `files`: how `lockstep build` brings them.
    explicit SmallRelease(const std::string& files = "--deltas") {
        for (const std::string version : {"1.0.0", "1.1.0"}) {
            write_file(workshop_ / ("app-" + version + "/app"), script_content(version), 0755);
            if (version == "1.1.0") write_file(workshop_ / ("app-" + version + "/lib/added.txt"), "added\n");
            write_file(workshop_ / ("app-" + version + "/" + delta_path), delta_content(version));
        }
        const std::string release = workshop_ / "release-1.1.0.toml";
        std::string text = read_file(release);
        const std::string entry_points = "entry_points = [\"app\"]\n";
        text.erase(text.find(entry_points), entry_points.size());
        write_file(release, text);
        bundle_ = workshop_.bundle(release, "key", {files});
        std::filesystem::create_directories(laptop());
        root_ = workshop_.install("laptop/field");
    }

    const Workshop& workshop() const { return workshop_; }
    const std::string& bundle() const { return bundle_; }
    const std::string& root() const { return root_; }
    // The folder around the installation: what an escape from it would hit first.
    std::string laptop() const { return workshop_ / "laptop"; }
    PrivateKey key() const { return private_key(workshop_, "key"); }

    Ran apply(const std::string& bundle) const { return workshop_.apply(root_, bundle); }

    // This bundle is refused, and neither the installation nor anything beside it changes.
    void expect_refused(const std::string& bundle, const std::string& words, int code = 11) const {
        lockstep::expect_refused(laptop(), code, {words, nothing_changed_words}, [&] {
            Ran ran = apply(bundle);
            expect_bounded(ran);
            expect_plain_text(ran);
            longest_ = std::max(longest_, ran.seconds);
            largest_ = std::max(largest_, ran.peak_memory);
            return ran;
        });
    }
    // The same for these parts, signed by the key that is trusted.
    void expect_refused_signed(const BundleParts& parts, const std::string& words, int code = 11) const {
        expect_refused(signed_again(workshop_, "hostile.bundle", parts), words, code);
    }
    // To be called last: the installation takes the true bundle after all that.
    void expect_still_updates() const {
        const Ran ran = apply(bundle_);
        EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
        EXPECT_EQ(read_file(root_ + "/lib/added.txt"), "added\n");
        std::cout << "at most " << longest_ << " s and " << largest_ / (1 << 20) << " MiB\n";
    }

  private:
    Workshop workshop_;
    std::string bundle_;
    std::string root_;
    mutable double longest_ = 0;
    mutable double largest_ = 0;
};

} // namespace lockstep
