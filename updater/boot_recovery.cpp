#include "updater/boot_recovery.h"

#include "updater/scheduler.h"

namespace lockstep {
namespace {

std::string name_for(const Layout& layout) {
    return task_name("recovery-", layout.root());
}

} // namespace

void register_boot_recovery(FileSystem& files, const Layout& layout) {
    if (!files.status(layout.engine()) || files.volume(layout.root()).type == "tmpfs") return;
    register_at_boot(files,
                     {name_for(layout), {layout.engine(), "recover", "--root", layout.root(), "--silent"}});
}

void unregister_boot_recovery(FileSystem& files, const Layout& layout) {
    unregister_at_boot(files, name_for(layout));
}

} // namespace lockstep
