package config

import (
	"errors"
	"net"
	"net/url"
)

func setPublicAddr(c *Config, s string) error {
	c.PublicAddr = s
	if s == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(s); err != nil {
		return errors.New("is not host:port, such as 127.0.0.1:8081")
	}
	return nil
}

func setPublicURL(c *Config, s string) error {
	if s == "" {
		return nil // derived from the address
	}
	u, err := siteURL(s)
	if err != nil {
		return err
	}
	if u.Scheme != "https" && u.Hostname() != "localhost" {
		return errors.New("must be https, or http://localhost")
	}
	c.PublicURL = u
	return nil
}

// checkPublic finds whether the public pages have a host of their own (S9): on
// the host of the sign-in a fault in them could reach a session.
func (c *Config) checkPublic() error {
	if c.PublicAddr == "" {
		if c.PublicURL != nil {
			return errors.New("FARWATCH_PUBLIC_URL is of use only with FARWATCH_PUBLIC_ADDR; set both or none")
		}
		return nil
	}
	if c.PublicURL == nil {
		_, port, _ := net.SplitHostPort(c.PublicAddr) // a bad address is reported where it is read
		c.PublicURL = &url.URL{Scheme: "http", Host: "localhost:" + port}
		c.values["public-url"] = c.PublicURL.String()
	}
	switch {
	case c.PublicURL.Host == c.BaseURL.Host:
		return errors.New("FARWATCH_PUBLIC_URL must have another host than FARWATCH_BASE_URL: browsers keep what is on one host together")
	case c.PublicURL.Scheme != c.BaseURL.Scheme:
		return errors.New("FARWATCH_PUBLIC_URL and FARWATCH_BASE_URL must both be https, or both http://localhost")
	case c.ACME != "off" && c.PublicURL.Port() != "":
		return errors.New("FARWATCH_ACME needs a FARWATCH_PUBLIC_URL without a port: the authority looks at port 443")
	}
	return nil
}
