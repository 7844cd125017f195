#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "instruction_set.h"

// Limits the library's instructions to those that are in use.
static void limit(const TanrenLimit *limit) {
#if defined(__x86_64__)
  TanrenInstructionSet set = tanren_instruction_set();
  if (set < tanren_processor_instruction_set()) {
    setenv(limit->variable, set == TANREN_BASELINE ? limit->baseline : limit->avx2, 0);
  }
#else
  (void)limit;
#endif
}

static bool load(TanrenLoader *loader, const char *path, char *message, size_t capacity) {
  if (loader->handle == NULL) {
    setenv(loader->variable, loader->value, 0);
    limit(&loader->limit);
  }
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    snprintf(message, capacity, "%s", dlerror());
    return false;
  }
  if (loader->handle == NULL && loader->find(handle, path, message, capacity)) {
    loader->handle = handle;
    return true;
  }
  bool is_same = handle == loader->handle;
  if (loader->handle != NULL && !is_same) {
    snprintf(message, capacity, "%s isn't the library that is in use already", path);
  }
  dlclose(handle);
  return is_same;
}

bool tanren_load_library(TanrenLoader *loader, const char *path, char *message, size_t capacity) {
  pthread_mutex_lock(&loader->lock);
  bool is_loaded = load(loader, path, message, capacity);
  pthread_mutex_unlock(&loader->lock);
  return is_loaded;
}
