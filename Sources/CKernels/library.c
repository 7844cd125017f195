#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static bool load(TanrenLoader *loader, const char *path, char *message, size_t capacity) {
  if (loader->handle == NULL) setenv(loader->variable, loader->value, 0);
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
