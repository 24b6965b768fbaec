// One update, step by step: DESIGN.md section 3. update.cpp reads like that list.
#pragma once

#include "payload/estimate.h"
#include "updater/bundle_choice.h"
#include "updater/plan.h"
#include "updater/session.h"
#include "updater/swap.h"
#include "updater/trial.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

// What a rehearsal wants to know of an update that has passed its verification.
struct Measured {
    RehearsalRun run;                           // but for its version, its platform and the times of phases
    std::map<std::string, Fingerprint> schemas; // after, per database
};

class Update {
  public:
    Update(FileSystem& files, const Request& request, Progress& progress);

    // Applies, checks or previews, by the request. Throws Error; the installation is then as it was (10 to
    // 49).
    Outcome run();

    // What came of it where run() threw: with what was known by then of the bundle and the installation.
    Outcome failed(const Error& error) const;

    // Filled where Request::rehearsal asks for it.
    const Measured& measured() const { return measured_; }

  private:
    void lock_and_recover();
    void verify_bundle();
    bool recognise(); // false: already up to date
    void check_preflight();
    void estimate();
    void count_preparation(const RehearsalRun& run);
    void begin();
    void stage();
    void lock_and_copy();
    void migrate();
    void verify_trial();
    void check_health();
    void swap();

    void keep_for_rollback();
    std::vector<SeenFile> installed_code() const;
    void choose_from_folder();
    bool try_to_recognise();
    void require_initialisable() const;
    void tell_what_is_done();
    void measure();
    Outcome work();
    Outcome prepare();
    Outcome nothing_to_do(const std::string& message);
    Outcome finished();
    std::string success_message() const;
    Outcome described(Code code, const std::string& outcome, const std::string& message);
    void leave_preview();
    std::string platform() const;
    std::vector<TrialStep> steps();

    FileSystem& files_;
    const Request& request_;
    Progress& progress_;
    std::unique_ptr<Session> session_;
    ChosenBundle chosen_;
    Recognised found_;
    Plan plan_;
    std::unique_ptr<Trial> trial_;
    std::vector<Placement> placements_;
    double swap_ms_ = 0;
    std::optional<Estimate> estimate_;
    std::vector<std::string> notes_;
    std::string tidying_; // what is left to do at the next start
    Measured measured_;
};

} // namespace lockstep
