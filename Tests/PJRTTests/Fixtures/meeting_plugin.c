// A plugin that does one thing: its client meets those of other processes through the key-value store of its creator, in
// the way of XLA's client for GPUs. Each process puts its own name; process 0 collects them and puts the list; the others
// read the list. The client's version text is the list, and its devices are one for each process.
//
// MEETING_TIMEOUT is how many milliseconds it waits for a value. With MEETING_ALONE it ignores all options, or refuses them if
// that is "strict". MEETING_WORK is how many seconds it takes over what it can't do, as if it waited for another process.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pjrt.h"

struct PJRT_Error {
  PJRT_Error_Code code;
  char message[1024];
};

struct PJRT_Client {
  int process, count;
  char list[1024];
};

static PJRT_Error *make_error(PJRT_Error_Code code, const char *message, size_t size) {
  PJRT_Error *error = calloc(1, sizeof *error);
  error->code = code;
  memcpy(error->message, message, size < sizeof error->message ? size : sizeof error->message - 1);
  return error;
}

static PJRT_CallbackError callback_error = make_error;

static PJRT_Error *get(PJRT_Client_Create_Args *create, const char *key, char *value, size_t capacity) {
  const char *timeout = getenv("MEETING_TIMEOUT");
  PJRT_KeyValueGetCallback_Args args = {sizeof args, NULL, key, strlen(key), timeout ? atoi(timeout) : 10000};
  args.callback_error = &callback_error;
  args.user_arg = create->kv_get_user_arg;
  PJRT_Error *error = create->kv_get_callback(&args);
  if (error) return error;
  snprintf(value, capacity, "%.*s", (int)args.value_size, args.value);
  args.value_deleter_callback(args.value);
  return NULL;
}

static PJRT_Error *put(PJRT_Client_Create_Args *create, const char *key, const char *value) {
  PJRT_KeyValuePutCallback_Args args = {sizeof args, NULL, key, strlen(key), value, strlen(value)};
  args.callback_error = &callback_error;
  args.user_arg = create->kv_put_user_arg;
  return create->kv_put_callback(&args);
}

// What nobody puts: the answer must be an error at once, with the code for it.
static PJRT_Error *check_absent(PJRT_Client_Create_Args *create) {
  PJRT_KeyValueTryGetCallback_Args args = {sizeof args, NULL, "nobody/puts/this", 16};
  args.callback_error = &callback_error;
  args.user_arg = create->kv_try_get_user_arg;
  PJRT_Error *error = create->kv_try_get_callback(&args);
  const char *wrong = "an absent key was found";
  if (!error || error->code != PJRT_Error_Code_NOT_FOUND) return make_error(PJRT_Error_Code_INTERNAL, wrong, strlen(wrong));
  free(error);
  return NULL;
}

static PJRT_Error *meet(PJRT_Client_Create_Args *create, PJRT_Client *client) {
  char key[64], value[256];
  PJRT_Error *error = check_absent(create);
  if (error) return error;
  snprintf(key, sizeof key, "local/%d", client->process);
  snprintf(value, sizeof value, "process%d", client->process);
  if ((error = put(create, key, value))) return error;
  if (client->process > 0) return get(create, "global", client->list, sizeof client->list);
  for (int process = 0; process < client->count; process++) {
    snprintf(key, sizeof key, "local/%d", process);
    if ((error = get(create, key, value, sizeof value))) return error;
    snprintf(client->list + strlen(client->list), sizeof client->list - strlen(client->list), "%s ", value);
  }
  return put(create, "global", client->list);
}

static PJRT_Error *client_create(PJRT_Client_Create_Args *args) {
  PJRT_Client *client = calloc(1, sizeof *client);
  client->count = 1;
  const char *alone = getenv("MEETING_ALONE");
  if (alone && !strcmp(alone, "strict") && args->num_options > 0) {
    free(client);
    const char *message = "Unexpected option name: node_id";
    return make_error(PJRT_Error_Code_INVALID_ARGUMENT, message, strlen(message));
  }
  if (!alone) {
    for (size_t i = 0; i < args->num_options; i++) {
      const PJRT_NamedValue *option = &args->create_options[i];
      if (option->type != PJRT_NamedValue_kInt64) continue;
      if (!strncmp(option->name, "node_id", option->name_size)) client->process = (int)option->int64_value;
      if (!strncmp(option->name, "num_nodes", option->name_size)) client->count = (int)option->int64_value;
    }
  }
  PJRT_Error *error = client->count > 1 ? meet(args, client) : NULL;
  if (error) {
    free(client);
    return error;
  }
  args->client = client;
  return NULL;
}

static PJRT_Error *client_destroy(PJRT_Client_Destroy_Args *args) {
  free(args->client);
  return NULL;
}

static PJRT_Error *platform_name(PJRT_Client_PlatformName_Args *args) {
  args->platform_name = "meeting";
  args->platform_name_size = 7;
  return NULL;
}

static PJRT_Error *platform_version(PJRT_Client_PlatformVersion_Args *args) {
  args->platform_version = args->client->list;
  args->platform_version_size = strlen(args->client->list);
  return NULL;
}

// A device is a number from 1, in the place of a pointer; so is its description.
static PJRT_Device *devices[8] = {
    (PJRT_Device *)1, (PJRT_Device *)2, (PJRT_Device *)3, (PJRT_Device *)4,
    (PJRT_Device *)5, (PJRT_Device *)6, (PJRT_Device *)7, (PJRT_Device *)8};

static PJRT_Error *client_devices(PJRT_Client_Devices_Args *args) {
  args->devices = devices;
  args->num_devices = (size_t)args->client->count;
  return NULL;
}

static PJRT_Error *addressable_devices(PJRT_Client_AddressableDevices_Args *args) {
  args->addressable_devices = devices + args->client->process;
  args->num_addressable_devices = 1;
  return NULL;
}

static PJRT_Error *description(PJRT_Device_GetDescription_Args *args) {
  args->device_description = (PJRT_DeviceDescription *)args->device;
  return NULL;
}

static PJRT_Error *description_id(PJRT_DeviceDescription_Id_Args *args) {
  args->id = 100 * (int)(size_t)args->device_description;
  return NULL;
}

static PJRT_Error *description_process(PJRT_DeviceDescription_ProcessIndex_Args *args) {
  args->process_index = (int)(size_t)args->device_description - 1;
  return NULL;
}

static PJRT_Error *description_kind(PJRT_DeviceDescription_Kind_Args *args) {
  args->device_kind = "place";
  args->device_kind_size = 5;
  return NULL;
}

static void error_destroy(PJRT_Error_Destroy_Args *args) { free(args->error); }

static void error_message(PJRT_Error_Message_Args *args) {
  args->message = args->error->message;
  args->message_size = strlen(args->error->message);
}

static PJRT_Error *error_code(PJRT_Error_GetCode_Args *args) {
  args->code = args->error->code;
  return NULL;
}

static PJRT_Error *attributes(PJRT_Plugin_Attributes_Args *args) {
  args->attributes = NULL;
  args->num_attributes = 0;
  return NULL;
}

// It compiles and holds nothing.
static PJRT_Error *nothing(void *args) {
  (void)args;
  const char *seconds = getenv("MEETING_WORK");
  if (seconds) sleep((unsigned)atoi(seconds));
  return make_error(PJRT_Error_Code_UNIMPLEMENTED, "it only meets", 13);
}

static PJRT_Error *fine(PJRT_Plugin_Initialize_Args *args) {
  (void)args;
  return NULL;
}

const PJRT_Api *GetPjrtApi(void) {
  static PJRT_Api api;
  api.struct_size = sizeof api;
  api.pjrt_api_version.struct_size = sizeof api.pjrt_api_version;
  api.pjrt_api_version.major_version = 0;
  api.pjrt_api_version.minor_version = 81;
  api.PJRT_Error_Destroy = error_destroy;
  api.PJRT_Error_Message = error_message;
  api.PJRT_Error_GetCode = error_code;
  api.PJRT_Plugin_Initialize = fine;
  api.PJRT_Plugin_Attributes = attributes;
  api.PJRT_Client_Create = client_create;
  api.PJRT_Client_Destroy = client_destroy;
  api.PJRT_Client_PlatformName = platform_name;
  api.PJRT_Client_PlatformVersion = platform_version;
  api.PJRT_Client_Devices = client_devices;
  api.PJRT_Client_AddressableDevices = addressable_devices;
  api.PJRT_Device_GetDescription = description;
  api.PJRT_DeviceDescription_Id = description_id;
  api.PJRT_DeviceDescription_ProcessIndex = description_process;
  api.PJRT_DeviceDescription_Kind = description_kind;
#define NOTHING(name) api.name = (void *)nothing;
  NOTHING(PJRT_Event_Destroy) NOTHING(PJRT_Event_Await) NOTHING(PJRT_Client_Compile)
  NOTHING(PJRT_Client_BufferFromHostBuffer) NOTHING(PJRT_Executable_Destroy) NOTHING(PJRT_Executable_NumOutputs)
  NOTHING(PJRT_Executable_Serialize) NOTHING(PJRT_LoadedExecutable_Destroy)
  NOTHING(PJRT_LoadedExecutable_GetExecutable) NOTHING(PJRT_LoadedExecutable_Execute)
  NOTHING(PJRT_Executable_DeserializeAndLoad) NOTHING(PJRT_Buffer_Destroy) NOTHING(PJRT_Buffer_IsDeleted)
  NOTHING(PJRT_Buffer_ToHostBuffer) NOTHING(PJRT_Buffer_ReadyEvent) NOTHING(PJRT_Executable_OutputElementTypes)
  NOTHING(PJRT_Executable_OutputDimensions)
  return &api;
}
