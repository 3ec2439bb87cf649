// taskwire, as it was built. Code of your own goes around it here.
export * from "@taskwire/worker";
export { default } from "@taskwire/worker";
