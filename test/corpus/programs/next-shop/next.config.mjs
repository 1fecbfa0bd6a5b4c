/** @type {import('next').NextConfig} */
export default {
  experimental: { serverSourceMaps: true },
  typescript: { ignoreBuildErrors: true },
};
